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
    bool clamps;
};

/// Sums of vectors that are computed together.
template <int Vectors>
struct StripSum {
    Floats of[Vectors];
};

/// Columns outside of the row that a strip reads, in lanes that are not known when this is
/// compiled.
inline constexpr int some_columns = -1;

/// The taps of a strip as wide as some vectors, and what of it is padding: `Left` and `Right` are
/// how many columns outside of the row the first tap of the first lane reads, and the last one of
/// the last lane. With `some_columns` on the right, taps behind the middle one are masked for the
/// last vector, and with it on the left, all.
template <int Taps, int Step, int Vectors, int Left, int Right>
struct Roller {
    DWCONV_INLINE Roller(const PlanarShape& shape, std::int64_t begin, std::int64_t lanes_apart)
        : dilation(shape.offsets[1] - shape.offsets[0]), apart(Step * lanes_apart) {
        unroll<Taps>([&](auto k) __attribute__((always_inline)) {
            if constexpr (is_masked(Vectors - 1, decltype(k)::value)) {
                static_assert(Vectors == 1);
                const LaneMask mask(Step * begin + shape.offsets[k.value], Step, shape.row_length);
                masks[k.value] = Step == 2 ? mask.reordered(swap_middle) : mask;
            }
        });
    }

    DWCONV_INLINE void load_taps(const float* weights) {
        memory = weights;
        unroll<kept_taps>([&](auto i) __attribute__((always_inline)) {
            taps[i.value] = splat(weights[i.value]);
        });
    }

    /// Adds the products of a row of the source with rows of the taps: with `First` to the first of
    /// the sums, with a row `Distance` before it to each that follows.
    template <int First, int Distance, int Count>
    DWCONV_INLINE void add(const float* row, StripSum<Vectors>* sums) const {
        Floats columns[Vectors][Taps];
        unroll<Vectors>([&](auto v) __attribute__((always_inline)) {
            load_columns<Step>(row + v.value * apart, dilation, columns[v.value]);
        });
        unroll<Taps>([&](auto k) __attribute__((always_inline)) {
            constexpr int column = decltype(k)::value;
            Floats sources[Vectors];
            unroll<Vectors>([&](auto v) __attribute__((always_inline)) {
                constexpr int vector = decltype(v)::value;
                Floats& source = sources[vector];
                source = columns[vector][column];
                if constexpr (is_masked(vector, column)) {
                    source = masks[column].of(source);
                } else {
                    keep(source);
                }
                source = clear<padding(vector, column)>(source);
            });
            unroll<Count>([&](auto s) __attribute__((always_inline)) {
                constexpr int at = (First - decltype(s)::value * Distance) * Taps + column;
                constexpr bool is_kept = at < kept_taps;
                const Floats tap = is_kept ? taps[is_kept ? at : 0] : splat(memory[at]);
                unroll<Vectors>([&](auto v) __attribute__((always_inline)) {
                    Floats& sum = sums[s.value].of[v.value];
                    if constexpr (is_masked(decltype(v)::value, column)) {
                        masks[column].add(sum, sources[v.value], tap);
                    } else {
                        sum += sources[v.value] * tap;
                    }
                });
            });
        });
    }

private:
    static constexpr bool is_masked(int vector, int column) {
        if (Left == some_columns) return true;
        return Right == some_columns && vector == Vectors - 1 && column > Taps / 2;
    }

    /// Lanes that are padding, a bit for each.
    static constexpr int padding(int vector, int column) {
        int bits = 0;
        for (int lane = 0; lane < lanes; ++lane) {
            const int from_first = Step == 1 ? lane : unswapped(lane);
            const int from_last = lanes - 1 - from_first;
            const bool before = vector == 0 && Step * from_first + column < Left;
            const bool behind =
                vector == Vectors - 1 && Step * from_last + Taps - 1 - column < Right;
            if (before || behind) bits |= 1 << lane;
        }
        return bits;
    }

    static constexpr int kept_taps = Vectors == 1 && Taps < 7 ? Taps * Taps : Taps == 3 ? 5 : 0;
    const float* memory;
    Floats taps[kept_taps == 0 ? 1 : kept_taps];
    LaneMask masks[Taps];
    std::int64_t dilation;
    std::int64_t apart;  ///< from the source of a vector to that of the next
};

/// Stores sums that are complete.
template <int Vectors>
DWCONV_INLINE void put(const PlanarShape& shape, StripSum<Vectors> sum, StripRows& to) {
    if (to.add != nullptr || to.clamps) {
        if (to.add != nullptr) {
            unroll<Vectors>([&](auto v) __attribute__((always_inline)) {
                sum.of[v.value] += load(to.add + v.value * to.apart);
            });
            to.add += to.pitch;
        }
        if (to.clamps) {
            for (Floats& each : sum.of) each = Clamp<true>(shape.activation)(each);
        }
    }
    unroll<Vectors>([&](auto v) __attribute__((always_inline)) {
        store(to.dst + v.value * to.apart, sum.of[v.value]);
    });
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
