#pragma once

// The three columns of a row that a kernel of three columns reads for a vector of its sums. See
// lanes.hpp on linkage.

#include "simd/lanes.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

/// from[0], from[2], …; from[1], from[3], …; and from[2], from[4], …, behind the last of which
/// nothing is read.
DWCONV_INLINE void load_second_columns(const float* from, Floats (&columns)[3]) {
#if defined(__AVX512F__)
    const Floats low = load(from);
    const Floats high = load(from + 16);
    columns[0] = __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24,
                                         26, 28, 30);
    columns[1] = __builtin_shufflevector(low, high, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25,
                                         27, 29, 31);
#elif defined(__AVX2__)
    // In halves such that nothing crosses from one to the other, which takes longer.
    const auto halves = [](Quad low, Quad high) {
        return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7);
    };
    const Floats low = halves(load_quad(from), load_quad(from + 8));
    const Floats high = halves(load_quad(from + 4), load_quad(from + 12));
    columns[0] = __builtin_shufflevector(low, high, 0, 2, 8, 10, 4, 6, 12, 14);
    columns[1] = __builtin_shufflevector(low, high, 1, 3, 9, 11, 5, 7, 13, 15);
#else
    const Floats low = load(from);
    const Floats high = load(from + 4);
    columns[0] = __builtin_shufflevector(low, high, 0, 2, 4, 6);
    columns[1] = __builtin_shufflevector(low, high, 1, 3, 5, 7);
#endif
    columns[2] = load_every_second(from + 2);
}

/// `dilation`: from the first of a column to that of the next; with a step of 2 it is 1.
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
