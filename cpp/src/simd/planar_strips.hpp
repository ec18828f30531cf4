#pragma once

// From a tile to strips down which sums roll. See lanes.hpp on linkage.

#include <cstring>

#include "simd/lane_activation.hpp"
#include "simd/planar_blocks.hpp"
#include "simd/planar_rolling.hpp"
#include "simd/usual_padding.hpp"

namespace dwconv::simd {
namespace {

/// Some rows of the destination, the same ones of some planes, and the rows of the source that make
/// them.
struct RolledBand {
    const PlanarShape* shape;
    Roll roll;
    const float* src = nullptr;
    float* dst = nullptr;
    const float* add = nullptr;
    const float* weights = nullptr;
    const float* bias = nullptr;
    std::int64_t planes = 0;
    std::int64_t copies = 1;  ///< see PlanarTile
    std::int64_t first_copies = 1;
    std::int64_t src_step = 0;  ///< from plane to plane
    std::int64_t dst_step = 0;
    /// What is to be read next, from its first row on, and bytes of it for each float of the
    /// source.
    const char* ahead = nullptr;
    std::int64_t ahead_bytes = 0;
    const float* dst_end = nullptr;  ///< garbage may be written up to there
};

/// Finishes rows shorter than a vector, of which the sums are kept.
__attribute__((noinline)) void store_kept(const RolledBand& band, const float* kept, float* dst,
                                          const float* add) {
    const PlanarShape& shape = *band.shape;
    const std::int64_t width = shape.dst_pitch;
    for (std::int64_t row = 0; row < band.roll.count; ++row) {
        Floats sum = load(kept + row * lanes);
        if (add != nullptr) sum += load_part(add + row * width, width);
        if (shape.activation.clamps) sum = Clamp<true>(shape.activation)(sum);
        store_part(dst + row * width, sum, width);
    }
}

/// Some columns of a row.
struct Strip {
    std::int64_t begin;  ///< of the first vector
    std::int64_t apart;  ///< from a vector to the next
};

/// A strip of each row of a band.
template <int Taps, int Step, int Vectors, int Left, int Right>
__attribute__((noinline)) void roll_strip(const RolledBand& band, const Strip& strip) {
    using Sum = StripSum<Vectors>;
    const PlanarShape& shape = *band.shape;
    const std::int64_t begin = strip.begin;
    const std::int64_t apart = strip.apart;
    Roller<Taps, Step, Vectors, Left, Right> roller(shape, begin, apart);
    const float* src = band.src + Step * begin + shape.offsets[0];
    const char* ahead = band.ahead + Step * begin * band.ahead_bytes;
    const float* weights = band.weights;
    const float* add = band.add == nullptr ? nullptr : band.add + begin;
    float* dst = band.dst + begin;
    const std::int64_t last_row = (band.roll.count - 1) * shape.dst_pitch;
    const std::int64_t ahead_pitch = shape.src_pitch * band.ahead_bytes;
    std::int64_t copies = band.first_copies;
    for (std::int64_t plane = 0; plane < band.planes; ++plane) {
        roller.load_taps(weights);
        Sum bias;
        for (Floats& each : bias.of) each = splat(band.bias[plane]);
        const RolledRows rows = {src, shape.src_pitch, ahead, ahead_pitch};
        const auto roll_to = [&](StripRows to) __attribute__((always_inline)) {
            if constexpr (Step == 1) {
                roll<Taps>(band.roll, roller, bias, rows,
                           [&](const Sum& sum)
                               __attribute__((always_inline)) { put<Vectors>(shape, sum, to); });
            } else {
                roll_by_two<Taps>(band.roll, roller, bias, rows,
                                  [&](Sum sum) __attribute__((always_inline)) {
                                      for (Floats& each : sum.of) each = swap_middle(each);
                                      put<Vectors>(shape, sum, to);
                                  });
            }
        };
        StripRows to = {dst, add, shape.dst_pitch, apart, shape.activation.clamps};
        if constexpr (Right == some_columns) {
            // What a vector writes beyond a row shorter than itself, the next row overwrites.
            const bool fits = shape.dst_pitch >= lanes || dst + last_row + lanes <= band.dst_end;
            float kept[most_rolled_rows * lanes];
            if (!fits) to = {kept, nullptr, lanes, 0, false};
            roll_to(to);
            if (!fits) store_kept(band, kept, dst, add);
        } else {
            roll_to(to);
        }
        if (--copies == 0) {
            copies = band.copies;
            src += band.src_step;
            ahead += band.src_step * band.ahead_bytes;
        }
        dst += band.dst_step;
        if (add != nullptr) add += band.dst_step;
        weights += Taps * Taps;
    }
}

/// Whether padding that is usual has kernels of its own. Masks are free with AVX-512.
constexpr bool knows_padding = lanes != longest_vector;

/// A strip with the kernel that knows its padding when it is compiled: none, or that of a
/// convolution which keeps the size, or, with a stride of 2, halves it. If there is none, false.
template <int Taps, int Step, int Vectors>
bool roll_usual_strip(const RolledBand& band, const Strip& strip) {
    const PlanarShape& shape = *band.shape;
    const std::int64_t columns = strip.apart + lanes;
    const std::int64_t first = Step * strip.begin + shape.offsets[0];
    const std::int64_t last = Step * (strip.begin + columns - 1) + shape.offsets[Taps - 1];
    constexpr int usual = knows_padding ? Taps / 2 : 0;
    if (first < 0 || last >= shape.row_length) {
        if (shape.offsets[1] - shape.offsets[0] != 1) return false;
        // The padding of a vector is to be no matter of another one.
        if (Vectors > 1 && Step * strip.apart < usual) return false;
        // Strips narrower than others are the last ones of a row, of which a masked kernel serves
        // for those that are the first, too.
        if (first < 0 && Vectors != strip_vectors(lanes)) return false;
    }
    return with_usual_padding<usual, Step>(
        first, last, shape.row_length, [&](auto left, auto right) {
            constexpr int known_left = Vectors == strip_vectors(lanes) ? left.value : 0;
            roll_strip<Taps, Step, Vectors, known_left, right.value>(band, strip);
        });
}

/// A vector of each row: also of a row that is shorter, or with any padding.
template <int Taps, int Step>
void roll_vector(const RolledBand& band, std::int64_t begin) {
    const PlanarShape& shape = *band.shape;
    const Strip strip = {begin, 0};
    const bool fits = shape.dst_pitch >= lanes;
    if (fits && roll_usual_strip<Taps, Step, 1>(band, strip)) return;
    if constexpr (knows_padding) {
        constexpr int usual = Taps / 2;
        const std::int64_t columns = fits ? lanes : shape.dst_pitch;
        const std::int64_t last = Step * (begin + columns - 1) + shape.offsets[usual];
        if (Step * begin + shape.offsets[0] == -usual &&
            shape.offsets[usual] - shape.offsets[0] == usual && last < shape.row_length) {
            return roll_strip<Taps, Step, 1, usual, some_columns>(band, strip);
        }
    }
    roll_strip<Taps, Step, 1, some_columns, some_columns>(band, strip);
}

template <int Taps, int Step>
void roll_band(const RolledBand& band) {
    constexpr int vectors = strip_vectors(lanes);
    const std::int64_t length = band.shape->dst_pitch;
    for (std::int64_t begin = 0; begin < length;) {
        const bool is_wide = vectors > 1 && length - begin > lanes;
        const std::int64_t most = is_wide ? vectors * lanes : lanes;
        const std::int64_t width = most < length ? most : length;
        // The last strip is moved back to end with the row.
        const std::int64_t at = begin < length - width ? begin : length - width;
        if (!is_wide) {
            roll_vector<Taps, Step>(band, at);
        } else if (!roll_usual_strip<Taps, Step, vectors>(band, {at, width - lanes})) {
            roll_vector<Taps, Step>(band, at);
            roll_vector<Taps, Step>(band, at + width - lanes);
        }
        begin = at + width;
    }
}

/// Rows `row_begin` to `row_end` of the destination, of the planes `first` to `first` + `planes`.
inline void run_band(const PlanarShape& shape, const PlanarTile& tile, std::int64_t first,
                     std::int64_t planes, std::int64_t row_begin, std::int64_t row_end) {
    const std::int64_t top = row_begin * shape.row_stride - shape.row_padding;
    const Roll roll =
        Roll::of(row_end - row_begin, shape.row_stride, shape.kernel_rows, top, shape.src_rows);
    const std::int64_t from = top + roll.lead;
    const std::int64_t at = first * tile.dst_step + row_begin * shape.dst_pitch;
    RolledBand band = {&shape, roll};
    band.dst = tile.dst + at;
    if (tile.add != nullptr) band.add = tile.add + at;
    band.weights = tile.weights + first * shape.kernel_rows * shape.weights_pitch;
    band.bias = tile.bias + first;
    band.planes = planes;
    // In 32 bits, as a division of 64 takes long.
    const auto copies = static_cast<std::uint32_t>(tile.copies);
    const auto made = static_cast<std::uint32_t>(tile.copies - tile.first_copies + first);
    const std::int64_t src_plane = made / copies;
    band.copies = tile.copies;
    band.first_copies = copies - made % copies;
    band.src_step = tile.src_step;
    band.dst_step = tile.dst_step;
    band.dst_end = tile.dst + tile.dst_end;
    const PlanarPlane& plane = tile.planes[0];
    band.src = plane.src + src_plane * tile.src_step + from * shape.src_pitch;
    const std::int64_t band_step = roll.count * shape.row_stride * shape.src_pitch;
    if (tile.ahead == nullptr) {
        const std::int64_t next = planes == 1 ? band_step : planes * tile.src_step;
        band.ahead = reinterpret_cast<const char*>(band.src + next);
        band.ahead_bytes = sizeof(float);
    } else {
        const std::int64_t row = (row_begin - tile.row_begin) * shape.row_stride;
        band.ahead_bytes = tile.ahead_bytes;
        band.ahead =
            tile.ahead + (src_plane * tile.src_step + row * shape.src_pitch) * tile.ahead_bytes;
    }
    if (roll.rows != 0 && (from < plane.begin || from + roll.rows > plane.end)) {
        float* const copy = plane.gathered + shape.margin;
        std::memcpy(copy, band.src,
                    static_cast<std::size_t>(roll.rows * shape.src_pitch) * sizeof *copy);
        band.src = copy;
    }
    const bool three = shape.kernel_rows == 3;
    if (shape.kernel_rows == 7) {
#if defined(__AVX2__) && !defined(__AVX512F__)
        roll_band<7, 1>(band);
#endif
    } else if (shape.column_step == 1) {
        three ? roll_band<3, 1>(band) : roll_band<5, 1>(band);
    } else {
        three ? roll_band<3, 2>(band) : roll_band<5, 2>(band);
    }
    if (shape.activation.clamps) return;
    for (std::int64_t p = 0; p < planes; ++p) {
        activate(shape.activation.activation, band.dst + p * tile.dst_step,
                 roll.count * shape.dst_pitch);
    }
}

inline void run_rolling(const PlanarShape& shape, const PlanarTile& tile) {
    for (std::int64_t first = 0; first < tile.repeats; first += shape.rolled_planes) {
        const std::int64_t left = tile.repeats - first;
        const std::int64_t planes = left < shape.rolled_planes ? left : shape.rolled_planes;
        for (std::int64_t row = tile.row_begin; row < tile.row_end; row += shape.rolled_rows) {
            const std::int64_t end = row + shape.rolled_rows;
            run_band(shape, tile, first, planes, row, end < tile.row_end ? end : tile.row_end);
        }
    }
}

}  // namespace
}  // namespace dwconv::simd
