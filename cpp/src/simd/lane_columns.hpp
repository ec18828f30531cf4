#pragma once

// The columns of a row that the taps of a row read for a vector of sums. See lanes.hpp on linkage.

#include "simd/lanes.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

/// Keeps a vector in a register: the compiler would load it anew for each use, although many loads
/// cross from one cache line to the next.
DWCONV_INLINE void keep(Floats& value) { __asm__("" : "+x"(value)); }

/// From the order in which split_pair() has lanes to that of memory, and back.
DWCONV_INLINE Floats swap_middle(Floats values) {
#if defined(__AVX2__) && !defined(__AVX512F__)
    // (By halves of quads, which takes no register for the order.)
    return reinterpret_cast<Floats>(
        _mm256_permute4x64_pd(reinterpret_cast<__m256d>(values), 0b11011000));
#else
    return values;
#endif
}

/// Where swap_middle() takes a lane from.
constexpr int unswapped(int lane) {
#if defined(__AVX2__) && !defined(__AVX512F__)
    return lane / 2 == 1 ? lane + 2 : lane / 2 == 2 ? lane - 2 : lane;
#else
    return lane;
#endif
}

/// Of two vectors that follow one another, columns 0, 2, … and 1, 3, …. In an order of their own,
/// as nothing then crosses from one half of a vector to the other.
DWCONV_INLINE void split_pair(Floats low, Floats high, Floats& evens, Floats& odds) {
#if defined(__AVX512F__)
    evens = __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26,
                                    28, 30);
    odds = __builtin_shufflevector(low, high, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29,
                                   31);
#elif defined(__AVX2__)
    evens = __builtin_shufflevector(low, high, 0, 2, 8, 10, 4, 6, 12, 14);
    odds = __builtin_shufflevector(low, high, 1, 3, 9, 11, 5, 7, 13, 15);
#else
    evens = __builtin_shufflevector(low, high, 0, 2, 4, 6);
    odds = __builtin_shufflevector(low, high, 1, 3, 5, 7);
#endif
}

/// from[0], from[2], …, and from[1], from[3], …, in the order of split_pair(); two vectors are
/// read.
DWCONV_INLINE void load_pair(const float* from, Floats& evens, Floats& odds) {
    Floats low = load(from);
    Floats high = load(from + lanes);
    keep(low);
    keep(high);
    split_pair(low, high, evens, odds);
}

/// `dilation`: from the first of a column to that of the next. With a step of 2 it is 1, one float
/// behind the last column is read, and lanes are in the order of split_pair().
template <int Step, int Columns>
DWCONV_INLINE void load_columns(const float* from, std::int64_t dilation,
                                Floats (&columns)[Columns]) {
    if constexpr (Step == 1) {
        unroll<Columns>([&](auto k) __attribute__((always_inline)) {
            columns[k.value] = load(from + k.value * dilation);
        });
    } else {
        static_assert(Columns % 2 == 1);
        unroll<Columns / 2>([&](auto k) __attribute__((always_inline)) {
            load_pair(from + 2 * k.value, columns[2 * k.value], columns[2 * k.value + 1]);
        });
        Floats beyond;
        split_pair(load(from + Columns - 1), load(from + Columns - 1 + lanes), columns[Columns - 1],
                   beyond);
    }
}

}  // namespace
}  // namespace dwconv::simd
