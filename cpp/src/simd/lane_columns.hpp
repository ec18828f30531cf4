#pragma once

// The columns of a row that the taps of a row read for a vector of sums. See lanes.hpp on linkage.

#include "simd/lanes.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

/// From the order in which split_pair() has lanes to that of memory, and back.
DWCONV_INLINE Floats swap_middle(Floats values) {
#if defined(__AVX2__) && !defined(__AVX512F__)
    return __builtin_shufflevector(values, values, 0, 1, 4, 5, 2, 3, 6, 7);
#else
    return values;
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
    split_pair(load(from), load(from + lanes), evens, odds);
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
        load_pair(from + Columns - 1, columns[Columns - 1], beyond);
    }
}

}  // namespace
}  // namespace dwconv::simd
