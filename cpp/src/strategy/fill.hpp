#pragma once

#include "dwconv/activation.hpp"
#include "dwconv/tensor_view.hpp"

namespace dwconv::strategy {

/// The result where no tap meets the source: activation(bias), 0 without a bias. `dst` is
/// {n, c, h, w} with any strides; `bias` has an element per channel, or is null.
void fill_with_bias(const MutableTensorView& dst, const float* bias, const Activation& activation);

}  // namespace dwconv::strategy
