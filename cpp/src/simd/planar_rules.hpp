#pragma once

// Which of the planar kernels are best for a problem, as measured with AVX2.

#include <cstdint>

#include "dwconv/problem.hpp"

namespace dwconv::simd {

/// Floats of a vector of AVX2.
inline constexpr std::int64_t lanes_of_avx2 = 8;

/// Whether there are kernels for planes whose sums roll down the rows, on vectors of so many lanes:
/// in two dimensions, for 3 × 3 and 5 × 5 taps, and some of 7 × 7. They sum up in another order
/// than those for channels-last memory. `problem` is normalized.
bool sums_roll(const Problem& problem, std::int64_t lanes);

/// Elements of a source that caches hold.
inline constexpr std::int64_t cached_elements = 2 * 1000 * 1000;

/// Whether the kernels for channels-last memory serve that go along its columns in strips, and are
/// better than blocks of rows: for 3 × 3, 5 × 5 and 7 × 7 taps, where channels fill vectors of so
/// many lanes. `problem` is normalized.
bool uses_strips(const Problem& problem, std::int64_t lanes);

/// Of those, whether the sums are those of runs of columns, which share the taps that they load,
/// where there are too many for registers. Else they roll.
bool in_runs(const Problem& problem);

/// Of those, whether pixels are so many floats apart that few sets of the first-level cache are
/// theirs, and they are better copied.
bool pixels_collide(const Problem& problem);

/// Rows of channels-last memory that are read at a time, and how far apart they and their planes
/// are.
struct RowsRead {
    std::int64_t row_floats;
    std::int64_t rows;
    std::int64_t plane_floats = 0;
    std::int64_t planes = 1;
};

/// Whether more of them share a set of a first-level cache than it has places for.
bool rows_collide(const RowsRead& read);

/// Rows of taps from which on it pays to copy images' rows that collide to where they do not; those
/// of volumes, each of which serves several planes, always are.
/// (The caches of processors with AVX-512 have more places.)
inline constexpr std::int64_t taps_worth_a_copy = 5;

}  // namespace dwconv::simd
