#pragma once

#include <memory>

#include "dwconv/tensor_view.hpp"
#include "strategy/strategy.hpp"

namespace dwconv {

/// Runs on arrays of one spatial dimension or of two.
void run(const strategy::Strategy& strategy, const TensorView& src,
         const strategy::PackedWeights& weights, const MutableTensorView& dst);

/// Packs the weights into the calling thread's memory, and runs. `prepared` is a Strategy.
void pack_and_run(const std::shared_ptr<const strategy::Prepared>& prepared,
                  const TensorView& weights, const TensorView& bias, const TensorView& src,
                  const MutableTensorView& dst);

}  // namespace dwconv
