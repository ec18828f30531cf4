#pragma once

// Kernels for channels-last memory and 3 × 3 taps, in patches: pixels of two rows next to each
// other, whose sums for a vector of channels stay in registers, as the taps do. A patch runs along
// the channels, so that memory is read and written as it lies. See lanes.hpp on linkage.

#include "simd/known_pixels.hpp"
#include "simd/lane_columns.hpp"
#include "simd/planar_boxes.hpp"
#include "simd/planar_rolling.hpp"

namespace dwconv::simd {
namespace {

inline constexpr int patch_taps = 3;

/// Rows or columns of the source that so many of a patch read.
template <int Step, int Count>
inline constexpr int read_by_patch = rows_read(Count, Step, patch_taps);

/// Where a patch is in the destination, and how many of its columns are wanted.
struct Patch {
    std::int64_t row;
    std::int64_t column;
    std::int64_t columns;
};

template <int Step, int Rows, int Columns, class Pixels>
__attribute__((noinline)) void sum_patch(const PlanarShape& shape, const PlanarTile& tile,
                                         const ChannelRange& channels, const PixelSource& source,
                                         const Patch& patch, Pixels pixels) {
    constexpr int read_rows = read_by_patch<Step, Rows>;
    constexpr int read_columns = read_by_patch<Step, Columns>;
    const std::int64_t first = patch.column * Step + shape.first_column;
    const float* rows[read_rows];
    std::int64_t from = patch.row * Step - shape.row_padding;
    for (const float*& row : rows) {
        const bool inside = from >= 0 && from < shape.src_rows;
        row = inside ? source.at(from, first) : shape.zero_row + first * source.pixel_pitch;
        ++from;
    }
    const std::int64_t to = patch.row * shape.dst_pitch + patch.column * shape.period;
    const bool clamps = shape.activation.clamps;
    channels.for_each_vector([&](std::int64_t channel) __attribute__((always_inline)) {
        Floats taps[patch_taps * patch_taps];
        unroll<patch_taps * patch_taps>([&](auto i) __attribute__((always_inline)) {
            taps[i.value] = load(tile.weights + channel + i.value * shape.tap_pitch);
            keep(taps[i.value]);
        });
        StripSum<Columns> sums[Rows];
        const Floats bias = load(tile.bias + channel);
        for (StripSum<Columns>& row : sums) {
            for (Floats& each : row.of) each = bias;
        }
        unroll<read_rows * read_columns>([&](auto i) __attribute__((always_inline)) {
            constexpr int row = decltype(i)::value / read_columns;
            constexpr int pixel = decltype(i)::value % read_columns;
            if constexpr (Pixels::may_be_inside(pixel)) {
                Floats value = pixels.at(rows[row] + channel, pixel);
                keep(value);
                unroll<Rows * Columns>([&](auto s) __attribute__((always_inline)) {
                    constexpr int made_row = decltype(s)::value / Columns;
                    constexpr int made_column = decltype(s)::value % Columns;
                    constexpr int tap_row = row - Step * made_row;
                    constexpr int tap_column = pixel - Step * made_column;
                    if constexpr (tap_row >= 0 && tap_row < patch_taps && tap_column >= 0 &&
                                  tap_column < patch_taps) {
                        const Floats tap = taps[tap_row * patch_taps + tap_column];
                        sums[made_row].of[made_column] += value * tap;
                    }
                });
            }
        });
        unroll<Rows>([&](auto row) __attribute__((always_inline)) {
            const std::int64_t at = to + row.value * shape.dst_pitch + channel;
            const float* const add = tile.add == nullptr ? nullptr : tile.add + at;
            StripRows made = {tile.dst + at, add, shape.period, shape.period, clamps};
            if (patch.columns == Columns) {
                put<Columns>(shape, sums[row.value], made);
            } else {
                put<1>(shape, {{sums[row.value].of[0]}}, made);
            }
        });
    });
}

/// The same with the kernel that knows the padding when it is compiled, where it is usual.
template <int Step, int Rows, int Columns>
void sum_padded_patch(const PlanarShape& shape, const PlanarTile& tile,
                      const ChannelRange& channels, const PixelSource& source, const Patch& patch) {
    const std::int64_t first = patch.column * Step + shape.first_column;
    with_usual_pixels<patch_taps, Step, Columns>(
        source.pixel_pitch, first, shape.src_columns, [&](auto pixels) {
            sum_patch<Step, Rows, Columns>(shape, tile, channels, source, patch, pixels);
        });
}

/// Patches next to each other, of two columns or three, such that none is left but that of a strip
/// of one. Three share more of what they load, but little where the stride is 2.
template <int Step, int Rows>
void sum_row_of_patches(const PlanarShape& shape, const PlanarTile& tile, const PixelStrip& strip,
                        std::int64_t row, const ChannelRange& channels, const PixelSource& source) {
    for (std::int64_t column = strip.column_begin; column < strip.column_end;) {
        const std::int64_t left = strip.column_end - column;
        if (left == 3 || (Step == 1 && left > 4)) {
            sum_padded_patch<Step, Rows, 3>(shape, tile, channels, source, {row, column, 3});
            column += 3;
        } else {
            sum_padded_patch<Step, Rows, 2>(shape, tile, channels, source,
                                            {row, column, left == 1 ? 1 : 2});
            column += 2;
        }
    }
}

/// Some channels of a strip.
template <int Step>
void sum_patches(const PlanarShape& shape, const PlanarTile& tile, const PixelStrip& strip,
                 const ChannelRange& channels, const PixelSource& source) {
    const ChannelRange aligned = aligned_channels(shape, source.first, channels);
    std::int64_t row = strip.row_begin;
    for (; row + 1 < strip.row_end; row += 2) {
        sum_row_of_patches<Step, 2>(shape, tile, strip, row, aligned, source);
    }
    if (row < strip.row_end) {
        sum_row_of_patches<Step, 1>(shape, tile, strip, row, aligned, source);
    }
}

}  // namespace
}  // namespace dwconv::simd
