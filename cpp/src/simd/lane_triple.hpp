#pragma once

// The three columns of a row that a kernel of three columns reads for a vector of its sums. See
// lanes.hpp on linkage.

#include "simd/lanes.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

/// From the order in which load_second_columns() has lanes to that of memory, and back.
DWCONV_INLINE Floats swap_middle(Floats values) {
#if defined(__AVX2__) && !defined(__AVX512F__)
    return __builtin_shufflevector(values, values, 0, 1, 4, 5, 2, 3, 6, 7);
#else
    return values;
#endif
}

/// from[0], from[2], …; from[1], from[3], …; and from[2], from[4], …, behind the last of which one
/// more is read. In an order of their own, as nothing then crosses from one half of a vector to the
/// other.
DWCONV_INLINE void load_second_columns(const float* from, Floats (&columns)[3]) {
    const Floats a = load(from);
    const Floats b = load(from + lanes);
    const Floats c = load(from + 2);
    const Floats d = load(from + lanes + 2);
#if defined(__AVX512F__)
    const auto evens = [](Floats low, Floats high) {
        return __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26,
                                       28, 30);
    };
    columns[1] = __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27,
                                         29, 31);
#elif defined(__AVX2__)
    const auto evens = [](Floats low, Floats high) {
        return __builtin_shufflevector(low, high, 0, 2, 8, 10, 4, 6, 12, 14);
    };
    columns[1] = __builtin_shufflevector(a, b, 1, 3, 9, 11, 5, 7, 13, 15);
#else
    const auto evens = [](Floats low, Floats high) {
        return __builtin_shufflevector(low, high, 0, 2, 4, 6);
    };
    columns[1] = __builtin_shufflevector(a, b, 1, 3, 5, 7);
#endif
    columns[0] = evens(a, b);
    columns[2] = evens(c, d);
}

/// `dilation`: from the first of a column to that of the next; with a step of 2 it is 1, and lanes
/// are in the order of load_second_columns().
template <int Step>
DWCONV_INLINE void load_columns(const float* from, std::int64_t dilation, Floats (&columns)[3]) {
    if constexpr (Step == 1) {
        columns[0] = load(from);
        columns[1] = load(from + dilation);
        columns[2] = load(from + 2 * dilation);
    } else {
        load_second_columns(from, columns);
    }
}

}  // namespace
}  // namespace dwconv::simd
