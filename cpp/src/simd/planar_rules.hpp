#pragma once

// Which of the planar kernels are best for a problem, as measured with AVX2.

#include <cstdint>

#include "dwconv/problem.hpp"
#include "simd/planar_shape.hpp"

namespace dwconv::simd {

/// Floats of a vector of AVX2.
inline constexpr std::int64_t lanes_of_avx2 = 8;

/// Whether there are kernels for planes whose sums roll down the rows, on vectors of so many lanes:
/// in two dimensions, for 3 × 3 and 5 × 5 taps, and some of 7 × 7. They sum up in another order
/// than those for channels-last memory. `problem` is normalized.
bool sums_roll(const Problem& problem, std::int64_t lanes);

/// Elements of a source that caches hold.
inline constexpr std::int64_t cached_elements = 2 * 1000 * 1000;

/// The kernel for channels-last memory whose pixels fill vectors of so many lanes, if it is better
/// than blocks of rows: there are some for 3 × 3, 5 × 5 and 7 × 7 taps. `problem` is normalized.
PixelKernel pixel_kernel(const Problem& problem, std::int64_t lanes);

/// Of those, whether pixels are so many floats apart that few sets of the first-level cache are
/// theirs, and they are better copied.
bool pixels_collide(const Problem& problem);

/// Of those, whether vectors of channels are better aligned, one more of them.
bool aligns_channels(const Problem& problem);

/// Rows that are read at a time, and how far apart they and their planes are.
struct RowsRead {
    std::int64_t row_floats;
    std::int64_t rows;
    std::int64_t plane_floats = 0;
    std::int64_t planes = 1;
};

/// Whether more of them share a set of a first-level cache than it has places for.
bool rows_collide(const RowsRead& read);

/// Rows of the destination that are computed at once: they are `dst_floats` apart, and read rows of
/// the source that are `src_floats` apart, `stride` more for each, and `taps` for one.
struct RowsMade {
    std::int64_t dst_floats;
    std::int64_t src_floats;
    std::int64_t stride;
    std::int64_t taps;
};

/// How many, of at most `most`, such that a first-level cache has places for all of them and all
/// that they read; `most` where it has not for two, or lacks few.
std::int64_t rows_without_collision(const RowsMade& made, std::int64_t most);

/// Rows of taps from which on it pays to copy images' rows that collide to where they do not; those
/// of volumes, each of which serves several planes, always are.
/// (The caches of processors with AVX-512 have more places.)
inline constexpr std::int64_t taps_worth_a_copy = 5;

}  // namespace dwconv::simd
