#pragma once

// Kernels of planes whose sums roll. Taps stay in registers, as many as fit. See lanes.hpp on
// linkage.

#include <cstdint>

#include "simd/lane_clamp.hpp"
#include "simd/lane_columns.hpp"
#include "simd/lanes.hpp"
#include "simd/planar_shape.hpp"
#include "simd/rolling.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

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

}  // namespace
}  // namespace dwconv::simd
