#pragma once

// Kernels for channels-last memory and many taps, in runs: columns of a row next to each other,
// whose sums for a vector of channels stay in registers, as the window of pixels does that slides
// along. Each tap is loaded once for all of them. Padding is skipped. See lanes.hpp on linkage.

#include "simd/known_pixels.hpp"
#include "simd/lane_columns.hpp"
#include "simd/planar_boxes.hpp"
#include "simd/planar_rolling.hpp"

namespace dwconv::simd {
namespace {

/// The taps of a cache line of channels, row by row: those of a vector follow one another.
template <int Taps>
struct LineTaps {
    LineTaps(const PlanarShape& shape, const float* weights, const ChannelRange& channels) {
        Floats* to = of;
        channels.for_each_vector([&](std::int64_t channel) {
            for (int i = 0; i < Taps * Taps; ++i) {
                *to++ = load(weights + channel + i * shape.tap_pitch);
            }
        });
    }

    Floats of[line_floats / lanes * Taps * Taps];
};

/// Where a run begins in a row of the destination, and how many of its columns are wanted.
struct ColumnRun {
    std::int64_t column;
    std::int64_t columns;
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

/// A run in all rows of a strip, of a cache line of channels.
template <int Taps, int Step, class Pixels>
__attribute__((noinline)) void sum_run(const PlanarShape& shape, const PlanarTile& tile,
                                       const PixelStrip& strip, const ChannelRange& channels,
                                       const PixelSource& source, const LineTaps<Taps>& taps,
                                       const ColumnRun& run, Pixels pixels) {
    const std::int64_t first = run.column * Step + shape.first_column;
    for (std::int64_t row = strip.row_begin; row < strip.row_end; ++row) {
        const std::int64_t top = row * Step - shape.row_padding;
        const std::int64_t begin = clamp_to(-top, 0, Taps);
        const std::int64_t end = clamp_to(shape.src_rows - top, begin, Taps);
        const float* const inside = source.at(top + begin, first);
        const std::int64_t to = row * shape.dst_pitch + run.column * shape.period;
        const Floats* tap = taps.of + begin * Taps;
        channels.for_each_vector([&](std::int64_t channel) __attribute__((always_inline)) {
            StripSum<run_columns> sums;
            for (Floats& each : sums.of) each = load(tile.bias + channel);
            const float* src = inside + channel;
            for (std::int64_t i = 0; i < end - begin; ++i, src += source.row_pitch) {
                add_row<Taps, Step>(pixels, src, tap + i * Taps, sums);
            }
            tap += Taps * Taps;
            const float* const add = tile.add == nullptr ? nullptr : tile.add + to + channel;
            StripRows made = {tile.dst + to + channel, add, shape.period, shape.period,
                              shape.activation.clamps};
            if (run.columns == run_columns) {
                put<run_columns>(shape, sums, made);
            } else {
                unroll<run_columns>([&](auto i) __attribute__((always_inline)) {
                    if (i.value < run.columns) put<1>(shape, {{sums.of[i.value]}}, made);
                });
            }
        });
    }
}

/// The same with the kernel that knows the padding when it is compiled, where it is usual.
template <int Taps, int Step>
void sum_padded_run(const PlanarShape& shape, const PlanarTile& tile, const PixelStrip& strip,
                    const ChannelRange& channels, const PixelSource& source,
                    const LineTaps<Taps>& taps, const ColumnRun& run) {
    const std::int64_t first = run.column * Step + shape.first_column;
    with_usual_pixels<Taps, Step, run_columns>(
        source.pixel_pitch, first, shape.src_columns, [&](auto pixels) {
            sum_run<Taps, Step>(shape, tile, strip, channels, source, taps, run, pixels);
        });
}

/// A cache line of channels of a strip.
template <int Taps, int Step>
void sum_line_of_runs(const PlanarShape& shape, const PlanarTile& tile, const PixelStrip& strip,
                      const ChannelRange& channels, const PixelSource& source) {
    const LineTaps<Taps> taps(shape, tile.weights, channels);
    // The last run is moved back to end with the strip.
    const std::int64_t last = strip.column_end - run_columns;
    for (std::int64_t next = strip.column_begin; next < strip.column_end; next += run_columns) {
        const std::int64_t back = next < last ? next : last;
        const std::int64_t column = back < strip.column_begin ? strip.column_begin : back;
        sum_padded_run<Taps, Step>(shape, tile, strip, channels, source, taps,
                                   {column, clamp_to(strip.column_end - column, 0, run_columns)});
    }
}

/// Some channels of a strip.
template <int Taps, int Step>
void sum_runs(const PlanarShape& shape, const PlanarTile& tile, const PixelStrip& strip,
              const ChannelRange& channels, const PixelSource& source) {
    const std::int64_t before = channels_before_line(shape, source.first, channels);
    for_each_part(channels, line_floats, before, [&](const ChannelRange& line) {
        sum_line_of_runs<Taps, Step>(shape, tile, strip, line, source);
    });
}

}  // namespace
}  // namespace dwconv::simd
