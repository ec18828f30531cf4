#pragma once

#include <memory>

#include "dwconv/plan.hpp"
#include "onednn/scratch.hpp"
#include "plan/kept_array.hpp"
#include "plan/operands.hpp"
#include "plan/plan_cache.hpp"
#include "strategy/transposed.hpp"

namespace dwconv {

/// Backward data or a transposed convolution, with its weights, checked.
struct TransposedOperands {
    Operands operands;  ///< of the convolution whose source is made
    strategy::Pass pass;
    Dims src_shape;  ///< of what is read
    Dims dst_shape;
    ArrayForms forms;

    /// @throws InvalidArgument, Unsupported
    PlanKey key(const PlanOptions& options) const;
};

/// As Plan, and as convolve().
class TransposedState {
public:
    TransposedState(const TransposedOperands& operands, const PlanOptions& options);
    void execute(const TensorView& src, const MutableTensorView& dst) const;
    const strategy::Strategy& strategy() const noexcept { return *strategy_; }
    int threads() const noexcept { return key_.request.threads; }

private:
    ArrayForms forms_;
    PlanKey key_;
    std::shared_ptr<const strategy::Strategy> strategy_;
    onednn::AlignedBuffer memory_;
    strategy::PackedWeights packed_;
    KeptArray weights_, bias_;
};

void run_once(const TransposedOperands& operands, const TensorView& src,
              const MutableTensorView& dst, const PlanOptions& options);

}  // namespace dwconv
