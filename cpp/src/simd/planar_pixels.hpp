#pragma once

// Kernels for channels-last memory whose sums roll: a vector of channels runs along the columns of
// a row. Nothing is copied, whatever the stride or the depth multiplier. See lanes.hpp on linkage.

#include "simd/lane_activation.hpp"
#include "simd/lane_spread.hpp"
#include "simd/planar_rolling.hpp"

namespace dwconv::simd {
namespace {

/// The taps of some channels, and the rows of the source that they multiply for some rows of the
/// destination.
template <int Taps, int Rows, class Load>
struct PixelRoller {
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
        unroll<Taps + Rows - 1>([&](auto row) __attribute__((always_inline)) {
            const Floats source = load_pixel(rows[row.value] + pixel);
            unroll<Rows * Count>([&](auto i) __attribute__((always_inline)) {
                constexpr int made = decltype(i)::value / Count;
                constexpr int tap_row = decltype(row)::value - made;
                constexpr int column = First - decltype(i)::value % Count * Distance;
                if constexpr (tap_row >= 0 && tap_row < Taps) {
                    sums[i.value % Count].of[made] += source * taps[tap_row * Taps + column];
                }
            });
        });
    }

    Floats taps[Taps * Taps];
    const float* rows[Taps + Rows - 1];  ///< at the first of the pixels
    Load load_pixel;
};

/// Where a pixel is in its row.
struct RolledPixels {
    std::int64_t at;
    std::int64_t pitch;

    DWCONV_INLINE void next() { skip(1); }
    DWCONV_INLINE void skip(std::int64_t pixels) { at += pixels * pitch; }
};

/// Some columns of the destination, and those of the source that make them.
struct PixelStrip {
    std::int64_t begin;
    std::int64_t src_begin;
    Roll roll;
};

/// A vector of channels of some rows of the strip, as many at once as share what they load.
template <int Taps, int Step, int Rows, class Load>
__attribute__((noinline)) void roll_channels(const PlanarShape& shape, const PlanarTile& tile,
                                             const PixelStrip& strip, std::int64_t channel,
                                             std::int64_t src_channel, const Load& load_pixel,
                                             std::int64_t row_begin, std::int64_t row_end) {
    PixelRoller<Taps, Rows, Load> roller(shape, tile.weights + channel, load_pixel);
    StripSum<Rows> bias;
    for (Floats& each : bias.of) each = load(tile.bias + channel);
    const std::int64_t first = strip.src_begin * shape.src_channels + src_channel;
    for (std::int64_t row = row_begin; row < row_end; row += Rows) {
        std::int64_t from = row * shape.row_stride - shape.row_padding;
        for (const float*& at : roller.rows) {
            const bool inside = from >= 0 && from < shape.src_rows;
            const float* const whole =
                inside ? tile.planes->src + from * shape.src_pitch : shape.zero_row;
            at = whole + first;
            from += shape.row_dilation;
        }
        const std::int64_t at = row * shape.dst_pitch + strip.begin * shape.period + channel;
        const float* const add = tile.add == nullptr ? nullptr : tile.add + at;
        StripRows to = {tile.dst + at,   add, shape.period,
                        shape.dst_pitch, 0,   shape.activation.clamps};
        const auto put_next = [&](const StripSum<Rows>& sum)
                                  __attribute__((always_inline)) { put<Rows>(shape, sum, to); };
        const RolledPixels pixels = {0, shape.src_channels};
        if constexpr (Step == 1) {
            roll<Taps>(strip.roll, roller, bias, pixels, put_next);
        } else {
            roll_by_two<Taps>(strip.roll, roller, bias, pixels, put_next);
        }
    }
}

/// Some rows of a strip.
template <int Taps, int Step>
void roll_pixels(const PlanarShape& shape, const PlanarTile& tile, const PixelStrip& strip,
                 std::int64_t row_begin, std::int64_t row_end) {
    const std::int64_t last = shape.period - lanes;
    for (std::int64_t next = 0; next < shape.period; next += lanes) {
        // The last vector is moved back to end with the channels.
        const std::int64_t channel = next < last ? next : last;
        // In 32 bits, as a division of 64 takes long.
        const std::int64_t src_channel =
            static_cast<std::uint32_t>(channel) / static_cast<std::uint32_t>(shape.multiplier);
        const auto roll_with = [&](const auto& load_pixel) {
            // With a stride rows share too little, and more taps do not fit into registers.
            constexpr int together = Taps == 3 && Step == 1 ? 2 : 1;
            const std::int64_t rest = row_end - (row_end - row_begin) % together;
            roll_channels<Taps, Step, together>(shape, tile, strip, channel, src_channel,
                                                load_pixel, row_begin, rest);
            if (rest == row_end) return;
            roll_channels<Taps, Step, 1>(shape, tile, strip, channel, src_channel, load_pixel, rest,
                                         row_end);
        };
        if (shape.multiplier == 1) {
            roll_with(WholeLoader<1>());
        } else if (shape.multiplier % lanes == 0) {
            roll_with(Splat());
        } else {
#if defined(__AVX2__)
            roll_with(Spread(channel - src_channel * shape.multiplier, shape.multiplier));
#endif
        }
    }
}

inline void run_strip(const PlanarShape& shape, const PlanarTile& tile, std::int64_t begin,
                      std::int64_t end, std::int64_t row_begin, std::int64_t row_end) {
    const std::int64_t left = begin * shape.column_stride + shape.first_column;
    const Roll roll =
        Roll::of(end - begin, shape.column_stride, shape.kernel_columns, left, shape.src_columns);
    const PixelStrip strip = {begin, left + roll.lead, roll};
    const bool three = shape.kernel_rows == 3;
    if (shape.column_stride == 1) {
        three ? roll_pixels<3, 1>(shape, tile, strip, row_begin, row_end)
              : roll_pixels<5, 1>(shape, tile, strip, row_begin, row_end);
    } else {
        three ? roll_pixels<3, 2>(shape, tile, strip, row_begin, row_end)
              : roll_pixels<5, 2>(shape, tile, strip, row_begin, row_end);
    }
}

inline void run_pixels(const PlanarShape& shape, const PlanarTile& tile) {
    for (std::int64_t row = tile.row_begin; row < tile.row_end; row += shape.strip_rows) {
        std::int64_t row_end = row + shape.strip_rows;
        if (row_end > tile.row_end) row_end = tile.row_end;
        for (std::int64_t begin = 0; begin < shape.dst_columns; begin += shape.strip_columns) {
            const std::int64_t end = begin + shape.strip_columns;
            run_strip(shape, tile, begin, end < shape.dst_columns ? end : shape.dst_columns, row,
                      row_end);
        }
        if (!shape.activation.clamps) {
            activate(shape.activation.activation, tile.dst + row * shape.dst_pitch,
                     (row_end - row) * shape.dst_pitch);
        }
    }
}

}  // namespace
}  // namespace dwconv::simd
