#pragma once

// Kernels for channels-last memory whose sums roll: a vector of channels runs along the columns of
// a row. Nothing is copied, whatever the stride or the depth multiplier. See lanes.hpp on linkage.

#include "simd/lane_activation.hpp"
#include "simd/lane_spread.hpp"
#include "simd/planar_boxes.hpp"
#include "simd/planar_rolling.hpp"
#include "simd/planar_runs.hpp"

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
                                             const PixelStrip& strip, const PixelBox& box,
                                             std::int64_t channel, const BoxSource& source,
                                             const Load& load_pixel) {
    PixelRoller<Taps, Step, Rows, Load> roller(shape, tile.weights + channel, load_pixel);
    StripSum<Rows> bias;
    for (Floats& each : bias.of) each = load(tile.bias + channel);
    const std::int64_t left = strip.column_begin * Step + shape.first_column;
    const Roll columns =
        Roll::of(strip.column_end - strip.column_begin, Step, Taps, left, shape.src_columns);
    for (std::int64_t row = strip.row_begin; row < strip.row_end; row += Rows) {
        std::int64_t from = row * shape.row_stride - shape.row_padding;
        for (const float*& at : roller.rows) {
            const bool inside = from >= 0 && from < shape.src_rows;
            at = inside ? source.first + (from - box.top) * source.row_pitch : shape.zero_row;
            ++from;
        }
        const std::int64_t at = row * shape.dst_pitch + strip.column_begin * shape.period + channel;
        const float* const add = tile.add == nullptr ? nullptr : tile.add + at;
        StripRows to = {tile.dst + at,   add, shape.period,
                        shape.dst_pitch, 0,   shape.activation.clamps};
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

/// A vector of channels of a strip.
template <int Taps, int Step>
void roll_pixels(const PlanarShape& shape, const PlanarTile& tile, const PixelStrip& strip,
                 const PixelBox& box, std::int64_t channel, const BoxSource& source) {
    const auto roll_with = [&](const auto& load_pixel) {
        // With a stride rows share too little, and more taps do not fit into registers.
        constexpr int together = Taps == 3 ? 2 : 1;
        PixelStrip part = strip;
        part.row_end -= (strip.row_end - strip.row_begin) % together;
        roll_channels<Taps, Step, together>(shape, tile, part, box, channel, source, load_pixel);
        part = {strip.column_begin, strip.column_end, part.row_end, strip.row_end};
        if (part.row_begin == part.row_end) return;
        roll_channels<Taps, Step, 1>(shape, tile, part, box, channel, source, load_pixel);
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
}

/// A vector of channels of a strip, by the kernel for it.
inline void run_channels(const PlanarShape& shape, const PlanarTile& tile, const PixelStrip& strip,
                         const PixelBox& box, std::int64_t channel, const BoxSource& source) {
    const bool steps = shape.column_stride == 2;
    if (shape.in_runs) {
        // (With AVX-512, oneDNN's kernels are as good.)
        if constexpr (lanes != longest_vector) {
            const auto sum = shape.kernel_rows == 7 ? sum_runs<7, 1>
                             : steps                ? sum_runs<5, 2>
                                                    : sum_runs<5, 1>;
            sum(shape, tile, strip, box, channel, source);
        }
    } else if (shape.kernel_rows == 3) {
        const auto roll = steps ? roll_pixels<3, 2> : roll_pixels<3, 1>;
        roll(shape, tile, strip, box, channel, source);
    } else {
        const auto roll = steps ? roll_pixels<5, 2> : roll_pixels<5, 1>;
        roll(shape, tile, strip, box, channel, source);
    }
}

/// A strip, with copies of the pixels.
inline void run_copied_strip(const PlanarShape& shape, const PlanarTile& tile,
                             const PixelStrip& strip) {
    const PixelBox box(shape, strip);
    BoxCopies copies(shape, tile.planes->src, box);
    // The last vector is moved back to end with the channels.
    const std::int64_t last = shape.period - lanes;
    for (std::int64_t next = 0; next < shape.period; next += 2 * lanes) {
        const std::int64_t channel = next < last ? next : last;
        const std::int64_t second = channel + lanes < last ? channel + lanes : last;
        copies.copy(channel, second);
        run_channels(shape, tile, strip, box, channel, copies.source(0));
        if (channel == last) break;
        run_channels(shape, tile, strip, box, second, copies.source(1));
    }
}

/// A strip, with the pixels where they lie.
inline void run_strip(const PlanarShape& shape, const PlanarTile& tile, const PixelStrip& strip) {
    const PixelBox box(shape, strip);
    const float* const first = box.first(shape, tile.planes->src);
    const std::int64_t last = shape.period - lanes;
    for (std::int64_t next = 0; next < shape.period; next += lanes) {
        const std::int64_t channel = next < last ? next : last;
        // In 32 bits, as a division of 64 takes long.
        const std::int64_t src_channel =
            static_cast<std::uint32_t>(channel) / static_cast<std::uint32_t>(shape.multiplier);
        run_channels(shape, tile, strip, box, channel,
                     {first + src_channel, shape.src_channels, shape.src_pitch});
    }
}

inline void run_pixels(const PlanarShape& shape, const PlanarTile& tile) {
    for (std::int64_t row = tile.row_begin; row < tile.row_end; row += shape.strip_rows) {
        std::int64_t row_end = row + shape.strip_rows;
        if (row_end > tile.row_end) row_end = tile.row_end;
        for (std::int64_t next = 0; next < shape.dst_columns; next += shape.strip_columns) {
            std::int64_t end = next + shape.strip_columns;
            if (end > shape.dst_columns) end = shape.dst_columns;
            // Not less than a run.
            const std::int64_t last = end > run_columns ? end - run_columns : 0;
            const std::int64_t begin = shape.in_runs && next > last ? last : next;
            const PixelStrip strip = {begin, end, row, row_end};
            shape.copies_boxes ? run_copied_strip(shape, tile, strip)
                               : run_strip(shape, tile, strip);
        }
        if (!shape.activation.clamps) {
            activate(shape.activation.activation, tile.dst + row * shape.dst_pitch,
                     (row_end - row) * shape.dst_pitch);
        }
    }
}

}  // namespace
}  // namespace dwconv::simd
