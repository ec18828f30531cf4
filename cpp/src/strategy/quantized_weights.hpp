#pragma once

#include <vector>

#include "dwconv/quantized_problem.hpp"
#include "dwconv/tensor_view.hpp"

namespace dwconv::strategy {

/// {channels · multiplier, taps} in C order, less their zero points.
std::vector<float> centred_weights(const TensorView& weights, const Quantization& quantization);

}  // namespace dwconv::strategy
