#pragma once

// Kernels whose sums roll. A strip as wide as a vector runs down the rows of the source, each of
// which is loaded once: it is the last of the rows that make one row of the destination, the one
// before the last of the next, and so on. Taps stay in registers, as many as fit. See
// lanes.hpp on linkage.

#include <cstring>

#include "simd/lane_activation.hpp"
#include "simd/lane_clamp.hpp"
#include "simd/lane_columns.hpp"
#include "simd/lanes.hpp"
#include "simd/planar_blocks.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

inline std::int64_t clamp_to(std::int64_t value, std::int64_t low, std::int64_t high) {
    return value < low ? low : value > high ? high : value;
}

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
    std::int64_t ahead;  ///< from there to what is to be written next, or 0
    bool clamps;
};

/// The taps of a strip, and which of its lanes they multiply.
template <int Taps, int Step, bool Masked>
struct Roller {
    DWCONV_INLINE Roller(const PlanarShape& shape, std::int64_t begin)
        : dilation(shape.offsets[1] - shape.offsets[0]) {
        if constexpr (!Masked) return;
        unroll<Taps>([&](auto k) __attribute__((always_inline)) {
            const LaneMask mask(Step * begin + shape.offsets[k.value], Step, shape.row_length);
            masks[k.value] = Step == 2 ? mask.reordered(swap_middle) : mask;
        });
    }

    DWCONV_INLINE void load_taps(const float* weights) {
        unroll<Taps * Taps>([&](auto i) __attribute__((always_inline)) {
            taps[i.value] = splat(weights[i.value]);
        });
    }

    /// Adds the products of a row of the source with rows of the taps: with `First` to the first of
    /// the sums, with a row `Distance` before it to each that follows.
    template <int First, int Distance, int Count>
    DWCONV_INLINE void add(const float* row, Floats* sums) const {
        Floats columns[Taps];
        load_columns<Step>(row, dilation, columns);
        unroll<Taps>([&](auto k) __attribute__((always_inline)) {
            constexpr int column = decltype(k)::value;
            Floats source = columns[column];
            if constexpr (Masked) source = masks[column].of(source);
            unroll<Count>([&](auto s) __attribute__((always_inline)) {
                constexpr int tap_row = First - decltype(s)::value * Distance;
                const Floats tap = taps[tap_row * Taps + column];
                if constexpr (Masked) {
                    masks[column].add(sums[s.value], source, tap);
                } else {
                    sums[s.value] += source * tap;
                }
            });
        });
    }

    Floats taps[Taps * Taps];
    LaneMask masks[Taps];
    std::int64_t dilation;
};

/// Of sums that follow one another, the first is complete, and a new one begins.
template <int Count>
DWCONV_INLINE void advance(Floats (&sums)[Count], Floats bias) {
    unroll<Count - 1>([&](auto s)
                          __attribute__((always_inline)) { sums[s.value] = sums[s.value + 1]; });
    sums[Count - 1] = bias;
}

DWCONV_INLINE void put(const PlanarShape& shape, Floats sum, StripRows& to) {
    if (__builtin_expect(to.add != nullptr, 0)) {
        sum += load(to.add);
        to.add += to.pitch;
    }
    if (to.clamps) sum = Clamp<true>(shape.activation)(sum);
    store(to.dst, sum);
    if (__builtin_expect(to.ahead != 0, 0)) __builtin_prefetch(to.dst + to.ahead, 1);
    to.dst += to.pitch;
}

/// The strip of one plane, without a stride.
template <int Taps, class Roller>
DWCONV_INLINE void roll(const RolledBand& band, const Roller& roller, Floats bias, const float* row,
                        const char* ahead, StripRows to) {
    const PlanarShape& shape = *band.shape;
    const std::int64_t ahead_pitch = shape.src_pitch * band.ahead_bytes;
    Floats sums[Taps];
    unroll<Taps>([&](auto s) __attribute__((always_inline)) { sums[s.value] = bias; });
    const auto add_row = [&]() __attribute__((always_inline)) {
        roller.template add<Taps - 1, 1, Taps>(row, sums);
        __builtin_prefetch(ahead);
        row += shape.src_pitch;
        ahead += ahead_pitch;
    };
    // The first rows complete none of the destination. Padding adds nothing.
    std::int64_t left = band.rows;
    for (std::int64_t i = band.lead; i < Taps - 1; ++i) {
        if (left-- > 0) add_row();
        advance(sums, bias);
    }
    const std::int64_t whole = clamp_to(left, 0, band.count);
    for (std::int64_t i = 0; i < whole; ++i) {
        add_row();
        put(shape, sums[0], to);
        advance(sums, bias);
    }
    for (std::int64_t i = whole; i < band.count; ++i) {
        put(shape, sums[0], to);
        advance(sums, bias);
    }
}

/// The same with a stride of 2: every second row of the source completes one of the destination.
template <int Taps, class Roller>
DWCONV_INLINE void roll_by_two(const RolledBand& band, const Roller& roller, Floats bias,
                               const float* row, const char* ahead, StripRows to) {
    const PlanarShape& shape = *band.shape;
    const std::int64_t ahead_pitch = shape.src_pitch * band.ahead_bytes;
    constexpr int count = (Taps + 1) / 2;
    Floats sums[count];
    unroll<count>([&](auto s) __attribute__((always_inline)) { sums[s.value] = bias; });
    // Of rows counted from the first one, padding too; padding adds nothing.
    const std::int64_t end = band.lead + band.rows;
    row -= band.lead * shape.src_pitch;
    ahead -= band.lead * ahead_pitch;
    for (std::int64_t i = 0; i < 2 * (band.count + count - 1); i += 2) {
        if (i > band.lead && i <= end) {
            roller.template add<Taps - 2, 2, count - 1>(row - shape.src_pitch, sums);
        }
        if (i >= band.lead && i < end) roller.template add<Taps - 1, 2, count>(row, sums);
        __builtin_prefetch(ahead);
        __builtin_prefetch(ahead + ahead_pitch);
        row += 2 * shape.src_pitch;
        ahead += 2 * ahead_pitch;
        if (i >= 2 * (count - 1)) put(shape, swap_middle(sums[0]), to);
        advance(sums, bias);
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
template <int Taps, int Step, bool Masked>
__attribute__((noinline)) void roll_strip(const RolledBand& band, std::int64_t begin) {
    const PlanarShape& shape = *band.shape;
    Roller<Taps, Step, Masked> roller(shape, begin);
    const float* src = band.src + Step * begin + shape.offsets[0];
    const char* ahead = band.ahead + Step * begin * band.ahead_bytes;
    const float* weights = band.weights;
    const float* add = band.add == nullptr ? nullptr : band.add + begin;
    float* dst = band.dst + begin;
    const std::int64_t next =
        band.planes == 1 ? band.count * shape.dst_pitch : band.planes * band.dst_step;
    const std::int64_t dst_ahead = shape.beyond_caches ? next : 0;
    const std::int64_t last_row = (band.count - 1) * shape.dst_pitch;
    for (std::int64_t plane = 0; plane < band.planes; ++plane) {
        roller.load_taps(weights);
        const Floats bias = splat(band.bias[plane]);
        const auto roll_to = [&](const StripRows& to) __attribute__((always_inline)) {
            if constexpr (Step == 1) {
                roll<Taps>(band, roller, bias, src, ahead, to);
            } else {
                roll_by_two<Taps>(band, roller, bias, src, ahead, to);
            }
        };
        // What a vector writes beyond a row shorter than itself, the next row overwrites.
        const bool fits = shape.dst_pitch >= lanes || dst + last_row + lanes <= band.dst_end;
        float kept[most_rolled_rows * lanes];
        roll_to(fits ? StripRows{dst, add, shape.dst_pitch, dst_ahead, shape.activation.clamps}
                     : StripRows{kept, nullptr, lanes, 0, false});
        if (!fits) store_kept(band, kept, dst, add);
        src += band.src_step;
        ahead += band.src_step * band.ahead_bytes;
        dst += band.dst_step;
        if (add != nullptr) add += band.dst_step;
        weights += Taps * Taps;
    }
}

/// Whether all columns of a strip are inside the row, but for lanes that may be anything: those
/// behind a row of the destination that is shorter than a vector.
template <int Taps, int Step>
inline bool is_inside(const PlanarShape& shape, std::int64_t begin) {
    const std::int64_t needed =
        shape.dst_pitch < lanes ? Step * (shape.dst_pitch - 1) + 1 : reach<Step>;
    return Step * begin + shape.offsets[0] >= 0 &&
           Step * begin + shape.offsets[Taps - 1] + needed <= shape.row_length;
}

template <int Taps, int Step>
void roll_band(const RolledBand& band) {
    for (RowWalk walk(*band.shape); !walk.done(); walk.next()) {
        if (is_inside<Taps, Step>(*band.shape, walk.begin())) {
            roll_strip<Taps, Step, false>(band, walk.begin());
        } else {
            roll_strip<Taps, Step, true>(band, walk.begin());
        }
    }
}

/// Rows `row_begin` to `row_end` of the destination, of the planes `first` to `first` + `planes`.
inline void run_band(const PlanarShape& shape, const PlanarTile& tile, std::int64_t first,
                     std::int64_t planes, std::int64_t row_begin, std::int64_t row_end) {
    const std::int64_t top = row_begin * shape.row_stride - shape.row_padding;
    const std::int64_t bottom =
        (row_end - 1) * shape.row_stride - shape.row_padding + shape.kernel_rows;
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
    band.weights = tile.weights + first * shape.kernel_rows * shape.weights_pitch;
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
    const bool three = shape.kernel_rows == 3;
    if (shape.column_step == 1) {
        three ? roll_band<3, 1>(band) : roll_band<5, 1>(band);
    } else {
        three ? roll_band<3, 2>(band) : roll_band<5, 2>(band);
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
