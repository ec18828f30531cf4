#pragma once

// Kernels of planes whose sums roll, in strips of a vector, whose taps stay in registers, as many
// as fit, or of some, whose taps are loaded for all of them. See lanes.hpp on linkage.

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
    std::int64_t apart;  ///< from a vector of sums to the next
    std::int64_t ahead;  ///< from there to what is to be written next, or 0
    bool clamps;
};

/// Sums of vectors that are computed together.
template <int Vectors>
struct StripSum {
    Floats of[Vectors];
};

/// Keeps a vector in a register: the compiler would load it anew for each use, although many loads
/// cross from one cache line to the next.
DWCONV_INLINE void keep(Floats& value) { __asm__("" : "+x"(value)); }

/// The taps of a strip as wide as some vectors, and which of its lanes they multiply.
template <int Taps, int Step, int Vectors, bool Masked>
struct Roller {
    DWCONV_INLINE Roller(const PlanarShape& shape, std::int64_t begin)
        : dilation(shape.offsets[1] - shape.offsets[0]) {
        if constexpr (!Masked) return;
        unroll<Vectors * Taps>([&](auto i) __attribute__((always_inline)) {
            const std::int64_t column = begin + i.value / Taps * lanes;
            const LaneMask mask(Step * column + shape.offsets[i.value % Taps], Step,
                                shape.row_length);
            masks[i.value] = Step == 2 ? mask.reordered(swap_middle) : mask;
        });
    }

    DWCONV_INLINE void load_taps(const float* weights) {
        memory = weights;
        if constexpr (!keeps_taps) return;
        unroll<Taps * Taps>([&](auto i) __attribute__((always_inline)) {
            taps[i.value] = splat(weights[i.value]);
        });
    }

    /// Adds the products of a row of the source with rows of the taps: with `First` to the first of
    /// the sums, with a row `Distance` before it to each that follows.
    template <int First, int Distance, int Count>
    DWCONV_INLINE void add(const float* row, StripSum<Vectors>* sums) const {
        Floats columns[Vectors][Taps];
        unroll<Vectors>([&](auto v) __attribute__((always_inline)) {
            load_columns<Step>(row + v.value * Step * lanes, dilation, columns[v.value]);
        });
        unroll<Taps>([&](auto k) __attribute__((always_inline)) {
            constexpr int column = decltype(k)::value;
            Floats sources[Vectors];
            unroll<Vectors>([&](auto v) __attribute__((always_inline)) {
                sources[v.value] = columns[v.value][column];
                if constexpr (Masked) {
                    sources[v.value] = masks[v.value * Taps + column].of(sources[v.value]);
                } else {
                    keep(sources[v.value]);
                }
            });
            unroll<Count>([&](auto s) __attribute__((always_inline)) {
                constexpr int at = (First - decltype(s)::value * Distance) * Taps + column;
                const Floats tap = keeps_taps ? taps[keeps_taps ? at : 0] : splat(memory[at]);
                unroll<Vectors>([&](auto v) __attribute__((always_inline)) {
                    Floats& sum = sums[s.value].of[v.value];
                    if constexpr (Masked) {
                        masks[v.value * Taps + column].add(sum, sources[v.value], tap);
                    } else {
                        sum += sources[v.value] * tap;
                    }
                });
            });
        });
    }

    static constexpr bool keeps_taps = Vectors == 1 && Taps < 7;
    const float* memory;
    Floats taps[keeps_taps ? Taps * Taps : 1];
    LaneMask masks[Vectors * Taps];
    std::int64_t dilation;
};

/// Stores sums that are complete.
template <int Vectors>
DWCONV_INLINE void put(const PlanarShape& shape, StripSum<Vectors> sum, StripRows& to) {
    if (__builtin_expect(to.add != nullptr, 0)) {
        unroll<Vectors>([&](auto v) __attribute__((always_inline)) {
            sum.of[v.value] += load(to.add + v.value * to.apart);
        });
        to.add += to.pitch;
    }
    unroll<Vectors>([&](auto v) __attribute__((always_inline)) {
        Floats& own = sum.of[v.value];
        if (to.clamps) own = Clamp<true>(shape.activation)(own);
        store(to.dst + v.value * to.apart, own);
    });
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
