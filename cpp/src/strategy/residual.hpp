#pragma once

#include <cstdint>

#include "dwconv/tensor_view.hpp"
#include "simd/fused_activation.hpp"

namespace dwconv::strategy {

/// to[i] = activation(to[i] + from[i])
void add_to(float* to, const float* from, std::int64_t count,
            const simd::FusedActivation& activation = {});

/// dst = activation(dst + src), element by element; both of one shape, with any strides.
void add_array(const TensorView& src, const MutableTensorView& dst, int threads,
               const simd::FusedActivation& activation = {});

}  // namespace dwconv::strategy
