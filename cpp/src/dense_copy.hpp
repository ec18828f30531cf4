#pragma once

#include "dwconv/tensor_view.hpp"

namespace dwconv {

/// Copies a view into a dense array of its type in C order. For small arrays: weights and biases.
void copy_in_c_order(const TensorView& view, void* to);

}  // namespace dwconv
