#pragma once

#include <memory>

#include "dwconv/tensor_view.hpp"
#include "onednn/scratch.hpp"
#include "strategy/strategy.hpp"

namespace dwconv {

/// The weights that a thread packed last. A call with the same ones, bit by bit, need not pack them
/// again, nor have the other threads fetch them from the caller's cache: on 1×7×7×960 with 5×5 that
/// was measured at half of the convolution's time, where comparing takes a twentieth.
class KeptWeights {
public:
    /// Small ones, in C order.
    static bool can_keep(const strategy::Strategy& strategy, const TensorView& weights,
                         const TensorView& bias) noexcept;

    /// Packed for `prepared`, which is a Strategy. Valid until the next call.
    strategy::PackedWeights packed(const std::shared_ptr<const strategy::Prepared>& prepared,
                                   const TensorView& weights, const TensorView& bias);

private:
    bool are(const std::shared_ptr<const strategy::Prepared>& prepared, const TensorView& weights,
             const TensorView& bias) const noexcept;

    /// Names the strategy without keeping it alive: its address alone might be that of a later one.
    std::weak_ptr<const strategy::Prepared> prepared_;
    onednn::ScratchBuffer plain_memory_;
    onednn::ScratchBuffer packed_memory_;
    const char* plain_ = nullptr;  ///< the weights, and then the bias
    DataType bias_dtype_ = DataType::float32;
    strategy::PackedWeights packed_;
};

}  // namespace dwconv
