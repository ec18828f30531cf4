#pragma once

// Kernels for channels-last memory whose sums roll: a vector of channels runs along the columns of
// a row, whatever the stride or the depth multiplier. See lanes.hpp on linkage.

#include "simd/lane_spread.hpp"
#include "simd/planar_boxes.hpp"
#include "simd/planar_rolling.hpp"

namespace dwconv::simd {
namespace {

/// The taps of some channels, and the rows of the source that they multiply for some rows of the
/// destination.
template <int Taps, int Step, int Rows, class Load>
struct PixelRoller {
    static constexpr int src_rows = Taps + Step * (Rows - 1);

    DWCONV_INLINE PixelRoller(const PlanarShape& shape, const float* weights, const Load& load_from)
        : load_pixel(load_from) {
        unroll<Taps * Taps>([&](auto i) __attribute__((always_inline)) {
            taps[i.value] = load(weights + i.value * shape.tap_pitch);
        });
    }

    /// Adds the products of a pixel of each row with columns of the taps: with `First` to the first
    /// of the sums, with a column `Distance` before it to each that follows.
    template <int First, int Distance, int Count>
    DWCONV_INLINE void add(std::int64_t pixel, StripSum<Rows>* sums) const {
        unroll<src_rows>([&](auto row) __attribute__((always_inline)) {
            const Floats source = load_pixel(rows[row.value] + pixel);
            unroll<Rows * Count>([&](auto i) __attribute__((always_inline)) {
                constexpr int made = decltype(i)::value / Count;
                constexpr int tap_row = decltype(row)::value - Step * made;
                constexpr int column = First - decltype(i)::value % Count * Distance;
                if constexpr (tap_row >= 0 && tap_row < Taps) {
                    sums[i.value % Count].of[made] += source * taps[tap_row * Taps + column];
                }
            });
        });
    }

    Floats taps[Taps * Taps];
    const float* rows[src_rows];  ///< at the first of the pixels
    Load load_pixel;
};

/// Where a pixel is in its row.
struct RolledPixels {
    std::int64_t at;
    std::int64_t pitch;

    DWCONV_INLINE void next() { skip(1); }
    DWCONV_INLINE void skip(std::int64_t pixels) { at += pixels * pitch; }
};

/// A vector of channels of some rows of the strip, as many at once as share what they load.
template <int Taps, int Step, int Rows, class Load>
__attribute__((noinline)) void roll_channels(const PlanarShape& shape, const PlanarTile& tile,
                                             const PixelStrip& strip, std::int64_t channel,
                                             const PixelSource& source, const Load& load_pixel) {
    PixelRoller<Taps, Step, Rows, Load> roller(shape, tile.weights + channel, load_pixel);
    StripSum<Rows> bias;
    for (Floats& each : bias.of) each = load(tile.bias + channel);
    const std::int64_t left = strip.column_begin * Step + shape.first_column;
    const Roll columns =
        Roll::of(strip.column_end - strip.column_begin, Step, Taps, left, shape.src_columns);
    // In 32 bits, as a division of 64 takes long.
    const std::int64_t src_channel =
        static_cast<std::uint32_t>(channel) / static_cast<std::uint32_t>(shape.multiplier);
    for (std::int64_t row = strip.row_begin; row < strip.row_end; row += Rows) {
        std::int64_t from = row * shape.row_stride - shape.row_padding;
        for (const float*& at : roller.rows) {
            const bool inside = from >= 0 && from < shape.src_rows;
            at = inside ? source.at(from, left + columns.lead) + src_channel : shape.zero_row;
            ++from;
        }
        const std::int64_t at = row * shape.dst_pitch + strip.column_begin * shape.period + channel;
        const float* const add = tile.add == nullptr ? nullptr : tile.add + at;
        StripRows to = {tile.dst + at, add, shape.period, shape.dst_pitch, shape.activation.clamps};
        const auto put_next = [&](const StripSum<Rows>& sum)
                                  __attribute__((always_inline)) { put<Rows>(shape, sum, to); };
        const RolledPixels pixels = {0, source.pixel_pitch};
        if constexpr (Step == 1) {
            roll<Taps>(columns, roller, bias, pixels, put_next);
        } else {
            roll_by_two<Taps>(columns, roller, bias, pixels, put_next);
        }
    }
}

/// A vector of channels of a strip: of many rows two at a time, which share what they load, and
/// three of an odd number. (More sums do not fit into registers, nor do those of more taps.)
template <int Taps, int Step, class Load>
void roll_strip(const PlanarShape& shape, const PlanarTile& tile, const PixelStrip& strip,
                std::int64_t channel, const PixelSource& source, const Load& load_pixel) {
    PixelStrip part = strip;
    const auto roll_rows = [&](auto together, std::int64_t row_end) {
        part.row_end = row_end;
        roll_channels<Taps, Step, together.value>(shape, tile, part, channel, source, load_pixel);
        part.row_begin = row_end;
    };
    if constexpr (Taps == 3) {
        const std::int64_t rows = strip.row_end - strip.row_begin;
        if (rows % 2 != 0) {
            rows == 1 ? roll_rows(Constant<1>(), strip.row_end)
                      : roll_rows(Constant<3>(), strip.row_begin + 3);
        }
        if (part.row_begin != strip.row_end) roll_rows(Constant<2>(), strip.row_end);
    } else {
        roll_rows(Constant<1>(), strip.row_end);
    }
}

/// Some channels of a strip.
template <int Taps, int Step>
void roll_pixels(const PlanarShape& shape, const PlanarTile& tile, const PixelStrip& strip,
                 const ChannelRange& channels, const PixelSource& source) {
    const ChannelRange aligned = aligned_channels(shape, source.first, channels);
    aligned.for_each_vector([&](std::int64_t channel) {
        const auto roll_with = [&](const auto& load_pixel) {
            roll_strip<Taps, Step>(shape, tile, strip, channel, source, load_pixel);
        };
        if (shape.multiplier == 1) {
            roll_with(WholeLoader<1>());
        } else if (shape.multiplier % lanes == 0) {
            roll_with(Splat());
        } else {
#if defined(__AVX2__)
            roll_with(Spread(channel % shape.multiplier, shape.multiplier));
#endif
        }
    });
}

}  // namespace
}  // namespace dwconv::simd
