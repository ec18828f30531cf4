#pragma once

// Kernels whose sums roll. A strip as wide as a vector runs down the rows of the source, each of
// which is loaded once: it is the last of the rows that make one row of the destination, the one
// before the last of the next, and so on. Taps stay in registers, as many as fit. Where lanes are
// channels, it runs along the columns, which then are what is called rows here. See lanes.hpp on
// linkage.

#include <cstdint>

#include "simd/lane_clamp.hpp"
#include "simd/lane_columns.hpp"
#include "simd/lanes.hpp"
#include "simd/planar_shape.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

/// What makes some rows of the destination, or columns, one after the other.
struct Roll {
    std::int64_t count;  ///< of the destination
    std::int64_t lead;   ///< rows of padding before the source
    std::int64_t rows;   ///< of the source, and of padding from there on

    /// For `count` rows of the destination with a stride and so many taps, of which the first
    /// begins at `top` of the source; rows outside are padding.
    static Roll of(std::int64_t count, std::int64_t stride, std::int64_t taps, std::int64_t top,
                   std::int64_t src_rows) {
        const std::int64_t begin = top < 0 ? 0 : top;
        const std::int64_t bottom = top + (count - 1) * stride + taps;
        const std::int64_t end = bottom < src_rows ? bottom : src_rows;
        return {count, begin - top, end > begin ? end - begin : 0};
    }
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

    /// Sums as they are to be stored, with a stride of 2; see load_columns().
    DWCONV_INLINE Floats in_order(Floats sum) const { return swap_middle(sum); }

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

/// Rows of a plane, each of which is loaded as it comes; those that are read next are asked for.
struct RolledRows {
    const float* at;
    std::int64_t pitch;
    const char* ahead;
    std::int64_t ahead_pitch;

    DWCONV_INLINE void next() {
        __builtin_prefetch(ahead);
        skip(1);
    }
    DWCONV_INLINE void skip(std::int64_t rows) {
        at += rows * pitch;
        ahead += rows * ahead_pitch;
    }
};

/// A strip, without a stride. Padding adds nothing.
template <int Taps, class Roller, class Source>
DWCONV_INLINE void roll(const PlanarShape& shape, const Roll& band, const Roller& roller,
                        Floats bias, Source source, StripRows to) {
    Floats sums[Taps];
    unroll<Taps>([&](auto s) __attribute__((always_inline)) { sums[s.value] = bias; });
    const auto add_row = [&]() __attribute__((always_inline)) {
        roller.template add<Taps - 1, 1, Taps>(source.at, sums);
        source.next();
    };
    // The first rows complete none of the destination.
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
template <int Taps, class Roller, class Source>
DWCONV_INLINE void roll_by_two(const PlanarShape& shape, const Roll& band, const Roller& roller,
                               Floats bias, Source source, StripRows to) {
    constexpr int count = (Taps + 1) / 2;
    Floats sums[count];
    unroll<count>([&](auto s) __attribute__((always_inline)) { sums[s.value] = bias; });
    // Of rows counted from the first one, padding too.
    const std::int64_t end = band.lead + band.rows;
    source.skip(-band.lead);
    for (std::int64_t i = 0; i < 2 * (band.count + count - 1); i += 2) {
        if (i > band.lead && i <= end) {
            roller.template add<Taps - 2, 2, count - 1>(source.at - source.pitch, sums);
        }
        if (i >= band.lead && i < end) roller.template add<Taps - 1, 2, count>(source.at, sums);
        source.next();
        source.next();
        if (i >= 2 * (count - 1)) put(shape, roller.in_order(sums[0]), to);
        advance(sums, bias);
    }
}

}  // namespace
}  // namespace dwconv::simd
