#pragma once

// Kernels of three rows and three columns. All nine taps stay in registers, and a strip as wide as
// a vector runs down the rows of the source, each of which is loaded once: it is the last of the
// three rows that make one row of the destination, the middle one of the next, and the first of the
// one after. See lanes.hpp on linkage.

#include <cstring>

#include "simd/lane_activation.hpp"
#include "simd/lane_clamp.hpp"
#include "simd/lane_triple.hpp"
#include "simd/lanes.hpp"
#include "simd/planar_blocks.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

constexpr int rolled_taps = 9;

/// Some rows of the destination, the same ones of some planes, and the rows of the source that make
/// them.
struct RolledBand {
    const PlanarShape* shape;
    std::int64_t count;  ///< rows of the destination
    std::int64_t lead;   ///< rows of padding before the source
    std::int64_t rows;   ///< of the source, and of padding from there on
    const float* src;
    float* dst;
    const float* add;  ///< or null
    const float* weights;
    const float* bias;
    std::int64_t planes;
    std::int64_t src_step;  ///< from plane to plane
    std::int64_t dst_step;
    /// What is to be read next, from its first row on, and bytes of it for each float of the
    /// source.
    const char* ahead;
    std::int64_t ahead_bytes;
    const float* dst_end;  ///< garbage may be written up to there
};

/// Where the sums of a strip go.
struct StripRows {
    float* dst;
    const float* add;  ///< null: nothing is added
    std::int64_t pitch;
    bool clamps;
};

/// The taps of a strip, and which of its lanes they multiply.
template <int Step, bool Masked>
struct Roller {
    DWCONV_INLINE Roller(const PlanarShape& shape, std::int64_t begin)
        : dilation(shape.offsets[1] - shape.offsets[0]) {
        if constexpr (!Masked) return;
        unroll<3>([&](auto k) __attribute__((always_inline)) {
            const LaneMask mask(Step * begin + shape.offsets[k.value], Step, shape.row_length);
            masks[k.value] = Step == 2 ? mask.reordered(swap_middle) : mask;
        });
    }

    DWCONV_INLINE void load_taps(const float* weights) {
        unroll<rolled_taps>([&](auto i) __attribute__((always_inline)) {
            taps[i.value] = splat(weights[i.value]);
        });
    }

    /// Adds the products of a row of the source with `Rows` of the taps, to a sum each.
    template <int... Rows, class... Sums>
    DWCONV_INLINE void add(const float* row, Sums&... sums) const {
        Floats columns[3];
        load_columns<Step>(row, dilation, columns);
        unroll<3>([&](auto k) __attribute__((always_inline)) {
            constexpr int column = decltype(k)::value;
            if constexpr (Masked) {
                const Floats source = masks[column].of(columns[column]);
                (masks[column].add(sums, source, taps[3 * Rows + column]), ...);
            } else {
                ((sums += columns[column] * taps[3 * Rows + column]), ...);
            }
        });
    }

    Floats taps[rolled_taps];
    LaneMask masks[3];
    std::int64_t dilation;
};

DWCONV_INLINE void put(const PlanarShape& shape, Floats sum, StripRows& to) {
    if (__builtin_expect(to.add != nullptr, 0)) {
        sum += load(to.add);
        to.add += to.pitch;
    }
    if (to.clamps) sum = Clamp<true>(shape.activation)(sum);
    store(to.dst, sum);
    to.dst += to.pitch;
}

/// The strip of one plane, without a stride. At a row of the source there are sums of three rows of
/// the destination: it is the last one for `upper`, and the first one for `lower`.
template <class Roller>
DWCONV_INLINE void roll(const RolledBand& band, const Roller& roller, Floats bias, const float* row,
                        const char* ahead, StripRows to) {
    const PlanarShape& shape = *band.shape;
    const std::int64_t ahead_pitch = shape.src_pitch * band.ahead_bytes;
    Floats upper = bias;
    Floats middle = bias;
    const auto add_row = [&]() __attribute__((always_inline)) {
        Floats lower = bias;
        roller.template add<2, 1, 0>(row, upper, middle, lower);
        __builtin_prefetch(ahead);
        row += shape.src_pitch;
        ahead += ahead_pitch;
        return lower;
    };
    // The first two rows, of which padding adds nothing, complete none of the destination.
    const std::int64_t first = 2 - band.lead < band.rows ? 2 - band.lead : band.rows;
    for (std::int64_t i = band.lead; i < 2; ++i) {
        const Floats lower = i - band.lead < first ? add_row() : bias;
        upper = middle;
        middle = lower;
    }
    const std::int64_t most = band.rows - first;
    const std::int64_t whole = most < band.count ? most : band.count;
    for (std::int64_t i = 0; i < whole; ++i) {
        const Floats lower = add_row();
        put(shape, upper, to);
        upper = middle;
        middle = lower;
    }
    for (std::int64_t i = whole; i < band.count; ++i) {
        put(shape, upper, to);
        upper = middle;
        middle = bias;
    }
}

/// The same with a stride of 2, where a row of the source is the last one for `upper` and the first
/// one for `lower`, or the middle one of `upper`.
template <class Roller>
DWCONV_INLINE void roll_by_two(const RolledBand& band, const Roller& roller, Floats bias,
                               const float* row, const char* ahead, StripRows to) {
    const PlanarShape& shape = *band.shape;
    const std::int64_t ahead_pitch = shape.src_pitch * band.ahead_bytes;
    Floats upper = bias;
    std::int64_t left = band.rows;
    if (band.lead == 0 && left > 0) {
        roller.template add<0>(row, upper);
        row += shape.src_pitch;
        --left;
    }
    const std::int64_t whole = left / 2 < band.count ? left / 2 : band.count;
    for (std::int64_t i = 0; i < whole; ++i) {
        Floats lower = bias;
        roller.template add<1>(row, upper);
        roller.template add<2, 0>(row + shape.src_pitch, upper, lower);
        __builtin_prefetch(ahead);
        __builtin_prefetch(ahead + ahead_pitch);
        row += 2 * shape.src_pitch;
        ahead += 2 * ahead_pitch;
        put(shape, swap_middle(upper), to);
        upper = lower;
    }
    left -= 2 * whole;
    for (std::int64_t i = whole; i < band.count; ++i, --left) {
        if (left > 0) roller.template add<1>(row, upper);
        put(shape, swap_middle(upper), to);
        upper = bias;
    }
}

/// Finishes rows shorter than a vector, of which the sums are kept, a vector for each.
__attribute__((noinline)) void store_kept(const RolledBand& band, const float* kept, float* dst,
                                          const float* add) {
    const PlanarShape& shape = *band.shape;
    const std::int64_t width = shape.dst_pitch;
    for (std::int64_t row = 0; row < band.count; ++row) {
        Floats sum = load(kept + row * lanes);
        if (add != nullptr) sum += load_part(add + row * width, width);
        if (shape.activation.clamps) sum = Clamp<true>(shape.activation)(sum);
        store_part(dst + row * width, sum, width);
    }
}

/// The vector at `begin` of each row of a band.
template <int Step, bool Masked>
__attribute__((noinline)) void roll_strip(const RolledBand& band, std::int64_t begin) {
    const PlanarShape& shape = *band.shape;
    Roller<Step, Masked> roller(shape, begin);
    const float* src = band.src + Step * begin + shape.offsets[0];
    const char* ahead = band.ahead + Step * begin * band.ahead_bytes;
    const float* weights = band.weights;
    const float* add = band.add == nullptr ? nullptr : band.add + begin;
    float* dst = band.dst + begin;
    const std::int64_t last_row = (band.count - 1) * shape.dst_pitch;
    for (std::int64_t plane = 0; plane < band.planes; ++plane) {
        roller.load_taps(weights);
        const Floats bias = splat(band.bias[plane]);
        const auto roll_to = [&](const StripRows& to) __attribute__((always_inline)) {
            if constexpr (Step == 1) {
                roll(band, roller, bias, src, ahead, to);
            } else {
                roll_by_two(band, roller, bias, src, ahead, to);
            }
        };
        // What a vector writes beyond a row shorter than itself, the next row overwrites.
        const bool fits = shape.dst_pitch >= lanes || dst + last_row + lanes <= band.dst_end;
        float kept[most_rolled_rows * lanes];
        roll_to(fits ? StripRows{dst, add, shape.dst_pitch, shape.activation.clamps}
                     : StripRows{kept, nullptr, lanes, false});
        if (!fits) store_kept(band, kept, dst, add);
        src += band.src_step;
        ahead += band.src_step * band.ahead_bytes;
        dst += band.dst_step;
        if (add != nullptr) add += band.dst_step;
        weights += rolled_taps;
    }
}

/// Whether all columns of a strip are inside the row, but for lanes that may be anything: those
/// behind a row of the destination that is shorter than a vector.
template <int Step>
inline bool is_inside(const PlanarShape& shape, std::int64_t begin) {
    const std::int64_t needed =
        shape.dst_pitch < lanes ? Step * (shape.dst_pitch - 1) + 1 : reach<Step>;
    return Step * begin + shape.offsets[0] >= 0 &&
           Step * begin + shape.offsets[2] + needed <= shape.row_length;
}

template <int Step>
void roll_band(const RolledBand& band) {
    for (RowWalk walk(*band.shape); !walk.done(); walk.next()) {
        if (is_inside<Step>(*band.shape, walk.begin())) {
            roll_strip<Step, false>(band, walk.begin());
        } else {
            roll_strip<Step, true>(band, walk.begin());
        }
    }
}

/// Rows `row_begin` to `row_end` of the destination, of the planes `first` to `first` + `planes`.
inline void run_band(const PlanarShape& shape, const PlanarTile& tile, std::int64_t first,
                     std::int64_t planes, std::int64_t row_begin, std::int64_t row_end) {
    const std::int64_t top = row_begin * shape.row_stride - shape.row_padding;
    const std::int64_t bottom = (row_end - 1) * shape.row_stride - shape.row_padding + 3;
    const std::int64_t from = top < 0 ? 0 : top;
    const std::int64_t to = bottom < shape.src_rows ? bottom : shape.src_rows;
    const std::int64_t at = first * tile.dst_step + row_begin * shape.dst_pitch;
    RolledBand band = {};
    band.shape = &shape;
    band.count = row_end - row_begin;
    band.lead = from - top;
    band.rows = to > from ? to - from : 0;
    band.dst = tile.dst + at;
    if (tile.add != nullptr) band.add = tile.add + at;
    band.weights = tile.weights + first * rolled_taps;
    band.bias = tile.bias + first;
    band.planes = planes;
    band.src_step = tile.src_step;
    band.dst_step = tile.dst_step;
    band.dst_end = tile.dst + tile.dst_end;
    const PlanarPlane& plane = tile.planes[0];
    band.src = plane.src + first * tile.src_step + from * shape.src_pitch;
    const std::int64_t band_step = band.count * shape.row_stride * shape.src_pitch;
    if (tile.ahead == nullptr) {
        const std::int64_t next = planes == 1 ? band_step : planes * tile.src_step;
        band.ahead = reinterpret_cast<const char*>(band.src + next);
        band.ahead_bytes = sizeof(float);
    } else {
        const std::int64_t row = (row_begin - tile.row_begin) * shape.row_stride;
        band.ahead_bytes = tile.ahead_bytes;
        band.ahead =
            tile.ahead + (first * tile.src_step + row * shape.src_pitch) * tile.ahead_bytes;
    }
    if (band.rows != 0 && (from < plane.begin || to > plane.end)) {
        float* const copy = plane.gathered + shape.margin;
        std::memcpy(copy, band.src,
                    static_cast<std::size_t>(band.rows * shape.src_pitch) * sizeof *copy);
        band.src = copy;
    }
    if (shape.column_step == 2) {
        roll_band<2>(band);
    } else {
        roll_band<1>(band);
    }
    if (shape.activation.clamps) return;
    for (std::int64_t p = 0; p < planes; ++p) {
        activate(shape.activation.activation, band.dst + p * tile.dst_step,
                 band.count * shape.dst_pitch);
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
