#pragma once

// Kernels for channels-last memory and many taps, in runs: columns of a row next to each other,
// whose sums for a vector of channels stay in registers, as the window of pixels does that slides
// along. Each tap is loaded once for all of them. Padding is skipped. See lanes.hpp on linkage.

#include "simd/lane_columns.hpp"
#include "simd/planar_boxes.hpp"
#include "simd/planar_rolling.hpp"

namespace dwconv::simd {
namespace {

/// Pixels of a row that the taps of a run read.
template <int Taps, int Step>
inline constexpr int pixels_of_run = Step * (run_columns - 1) + Taps;

/// A run, of a vector of channels.
struct ColumnRun {
    std::int64_t channel;
    const Floats* taps;  ///< row by row
    Floats bias;
    BoxSource source;          ///< `first` is the first pixel that the run reads, be it padding
    std::int64_t begin = 0;    ///< column of the destination
    std::int64_t columns = 0;  ///< of them, those that are wanted
};

/// Which pixels of a run are inside the row, known when compiled: `Left` columns are before it, and
/// `Right` behind.
template <int Taps, int Step, int Left, int Right>
struct KnownPixels {
    DWCONV_INLINE KnownPixels(std::int64_t pixel_pitch, std::int64_t, std::int64_t)
        : pitch(pixel_pitch) {}

    static constexpr bool may_be_inside(int pixel) {
        return pixel >= Left && pixel < pixels_of_run<Taps, Step> - Right;
    }
    /// `first`: that of the run, inside the row or not.
    DWCONV_INLINE Floats at(const float* first, std::int64_t pixel) const {
        return load(first + pixel * pitch);
    }

    std::int64_t pitch;
};

/// The same for any pixels.
template <int Taps, int Step>
struct AnyPixels {
    /// `first`: the column of the first one, in a row of `columns`.
    DWCONV_INLINE AnyPixels(std::int64_t pixel_pitch, std::int64_t first, std::int64_t columns)
        : pitch(pixel_pitch), begin(-first), end(columns - first) {}

    static constexpr bool may_be_inside(int) { return true; }
    DWCONV_INLINE Floats at(const float* first, std::int64_t pixel) const {
        return pixel >= begin && pixel < end ? load(first + pixel * pitch) : Floats{};
    }

    std::int64_t pitch;
    std::int64_t begin;
    std::int64_t end;
};

/// Adds the products of a row of the source with one of the taps.
template <int Taps, int Step, class Pixels>
DWCONV_INLINE void add_row(const Pixels& pixels, const float* first, const Floats* taps,
                           StripSum<run_columns>& sums) {
    // Pixels that lie the stride apart meet the same taps, and share a window.
    unroll<Step>([&](auto phase) __attribute__((always_inline)) {
        constexpr int start = decltype(phase)::value;
        constexpr int count = (Taps - start + Step - 1) / Step;
        Floats window[run_columns + count - 1];
        const auto load_next = [&](auto i) __attribute__((always_inline)) {
            constexpr int pixel = start + Step * decltype(i)::value;
            if constexpr (Pixels::may_be_inside(pixel)) {
                window[i.value] = pixels.at(first, pixel);
                keep(window[i.value]);
            }
        };
        unroll<run_columns - 1>(load_next);
        unroll<count>([&](auto k) __attribute__((always_inline)) {
            load_next(Constant<run_columns - 1 + decltype(k)::value>());
            Floats tap = taps[start + Step * k.value];
            keep(tap);
            unroll<run_columns>([&](auto column) __attribute__((always_inline)) {
                constexpr int place = decltype(column)::value + decltype(k)::value;
                if constexpr (Pixels::may_be_inside(start + Step * place)) {
                    sums.of[column.value] += window[place] * tap;
                }
            });
        });
    });
}

/// All rows of a run.
template <int Taps, int Step, class Pixels>
__attribute__((noinline)) void sum_rows(const PlanarShape& shape, const PlanarTile& tile,
                                        const PixelStrip& strip, const PixelBox& box,
                                        const ColumnRun& run) {
    const Pixels pixels(run.source.pixel_pitch, run.begin * Step + shape.first_column,
                        shape.src_columns);
    for (std::int64_t row = strip.row_begin; row < strip.row_end; ++row) {
        const std::int64_t top = row * Step - shape.row_padding;
        const std::int64_t begin = clamp_to(-top, 0, Taps);
        const std::int64_t end = clamp_to(shape.src_rows - top, begin, Taps);
        StripSum<run_columns> sums;
        for (Floats& each : sums.of) each = run.bias;
        const float* src = run.source.first + (top + begin - box.top) * run.source.row_pitch;
        for (std::int64_t i = begin; i < end; ++i, src += run.source.row_pitch) {
            add_row<Taps, Step>(pixels, src, run.taps + i * Taps, sums);
        }
        const std::int64_t at = row * shape.dst_pitch + run.begin * shape.period + run.channel;
        const float* const add = tile.add == nullptr ? nullptr : tile.add + at;
        StripRows to = {tile.dst + at, add, shape.period, shape.period, 0, shape.activation.clamps};
        if (run.columns == run_columns) {
            put<run_columns>(shape, sums, to);
        } else {
            for (std::int64_t i = 0; i < run.columns; ++i) put<1>(shape, {{sums.of[i]}}, to);
        }
    }
}

/// The same with the kernel that knows the padding when it is compiled, where it is usual.
template <int Taps, int Step>
void sum_run(const PlanarShape& shape, const PlanarTile& tile, const PixelStrip& strip,
             const PixelBox& box, const ColumnRun& run) {
    const std::int64_t first = Step * run.begin + shape.first_column;
    const std::int64_t last = first + pixels_of_run<Taps, Step> - 1;
    const bool done = with_usual_padding<Taps / 2, Step>(
        first, last, shape.src_columns, [&](auto left, auto right) {
            using Known = KnownPixels<Taps, Step, left.value, right.value>;
            sum_rows<Taps, Step, Known>(shape, tile, strip, box, run);
        });
    if (!done) sum_rows<Taps, Step, AnyPixels<Taps, Step>>(shape, tile, strip, box, run);
}

/// A vector of channels of a strip.
template <int Taps, int Step>
void sum_runs(const PlanarShape& shape, const PlanarTile& tile, const PixelStrip& strip,
              const PixelBox& box, std::int64_t channel, const BoxSource& source) {
    Floats taps[Taps * Taps];
    for (int i = 0; i < Taps * Taps; ++i) {
        taps[i] = load(tile.weights + channel + i * shape.tap_pitch);
    }
    ColumnRun run = {channel, taps, load(tile.bias + channel), source};
    // The last run is moved back to end with the strip.
    const std::int64_t last = strip.column_end - run_columns;
    for (std::int64_t next = strip.column_begin; next < strip.column_end; next += run_columns) {
        const std::int64_t begin = next < last ? next : last;
        run.begin = begin < strip.column_begin ? strip.column_begin : begin;
        run.columns = clamp_to(strip.column_end - run.begin, 0, run_columns);
        const std::int64_t left = run.begin * Step + shape.first_column;
        run.source.first = source.first + (left - box.left) * source.pixel_pitch;
        sum_run<Taps, Step>(shape, tile, strip, box, run);
    }
}

}  // namespace
}  // namespace dwconv::simd
