#pragma once

#include <cstddef>

#include "dwconv/problem.hpp"
#include "dwconv/tensor_view.hpp"

namespace dwconv {

// All strategies have two spatial dimensions. A problem in one is run as that of height 1 whose
// kernel has one row: oneDNN's kernels for 1-D were measured at a sixteenth of the speed of those
// for 1×K, and for K×1 at a ninth.

/// The problem in two dimensions; one that has them as it is. `problem` is normalized.
Problem lifted(const Problem& problem);

/// Dimensions of an array with a single spatial one.
inline constexpr std::size_t rank_of_lines = 3;

/// The view of the same memory with a height of 1, of a source or destination {n, c, width} or of
/// weights {c, m, kernel}; one that has two spatial dimensions as it is.
TensorView lifted(const TensorView& view);
MutableTensorView lifted(const MutableTensorView& view);

}  // namespace dwconv
