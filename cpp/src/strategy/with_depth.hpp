#pragma once

#include "dwconv/problem.hpp"
#include "dwconv/tensor_view.hpp"

namespace dwconv::strategy {

// Two spatial dimensions as three with a depth of 1; three as they are.

/// `problem` is normalized.
Problem with_depth(const Problem& problem);

/// Of a source or destination {n, c, height, width}, or of weights {c, m, height, width}.
TensorView with_depth(const TensorView& view);
MutableTensorView with_depth(const MutableTensorView& view);

/// Sizes {height, width}.
Dims with_depth(const Dims& spatial);

}  // namespace dwconv::strategy
