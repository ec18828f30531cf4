#pragma once

#include "dwconv/tensor_view.hpp"
#include "strategy/strategy.hpp"

namespace dwconv {

/// Packs the weights into the calling thread's scratch memory, and runs.
void pack_and_run(const strategy::Strategy& strategy, const TensorView& weights,
                  const TensorView& bias, const TensorView& src, const MutableTensorView& dst);

}  // namespace dwconv
