#pragma once

#include <memory>

#include "dwconv/tensor_view.hpp"
#include "plan/lift.hpp"
#include "strategy/strategy.hpp"

namespace dwconv {

/// Runs a Strategy, or what is run as one, on arrays of any number of spatial dimensions.
template <class Strategy>
void run(const Strategy& strategy, const TensorView& src, const strategy::PackedWeights& weights,
         const MutableTensorView& dst) {
    // Views are not copied for nothing: a small convolution takes no longer than some copies.
    if (src.shape.size() == rank_of_lines) {
        strategy.run(lifted(src), weights, lifted(dst));
    } else {
        strategy.run(src, weights, dst);
    }
}

/// The same where `add`, if it has data, is added.
void run(const strategy::Strategy& strategy, const TensorView& src,
         const strategy::PackedWeights& weights, const TensorView& add,
         const MutableTensorView& dst);

/// Packs the weights into the calling thread's memory, and runs. `prepared` is a Strategy.
void pack_and_run(const std::shared_ptr<const strategy::Prepared>& prepared,
                  const TensorView& weights, const TensorView& bias, const TensorView& src,
                  const TensorView& add, const MutableTensorView& dst);

}  // namespace dwconv
