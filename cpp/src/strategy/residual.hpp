#pragma once

#include <cstdint>

#include "dwconv/tensor_view.hpp"

namespace dwconv::strategy {

/// to[i] += from[i]
void add_to(float* to, const float* from, std::int64_t count);

/// dst += src, element by element; both {n, c, h, w}, of one shape, with any strides.
void add_array(const TensorView& src, const MutableTensorView& dst, int threads);

}  // namespace dwconv::strategy
