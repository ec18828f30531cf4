#pragma once

#include <memory>
#include <optional>

#include "dwconv/plan.hpp"
#include "dwconv/separable.hpp"
#include "onednn/scratch.hpp"
#include "plan/kept_array.hpp"
#include "plan/operands.hpp"
#include "plan/plan_cache.hpp"
#include "strategy/separable.hpp"

namespace dwconv {

/// Convolutions that run as one, with their weights, checked.
struct BlockOperands {
    Operands depthwise;
    Operands pointwise;
    std::optional<Operands> expand;  ///< a 1×1 convolution before the others
    bool residual = false;

    strategy::SeparableViews views() const;
    ArrayForms forms() const;
    /// @throws InvalidArgument, Unsupported
    PlanKey key(const PlanOptions& options) const;
};

/// What the cache holds for the key, run with weights that are packed for this call.
void pack_and_run(const PlanKey& key, const strategy::SeparableViews& weights,
                  const TensorView& src, const MutableTensorView& dst);

/// What a plan keeps. The weights twice: as the strategy wants them, and plain for arrays in other
/// memory orders.
class BlockState {
public:
    BlockState(const BlockOperands& operands, const PlanOptions& options);
    void execute(const TensorView& src, const MutableTensorView& dst) const;
    const strategy::Separable& strategy() const noexcept { return *strategy_; }
    int threads() const noexcept { return key_.request.threads; }

private:
    strategy::SeparableViews views() const;

    ArrayForms forms_;
    PlanKey key_;
    std::shared_ptr<const strategy::Separable> strategy_;
    onednn::AlignedBuffer memory_;
    strategy::PackedSeparable packed_;
    KeptArray depthwise_, depthwise_bias_, pointwise_, bias_, expand_, expand_bias_;
};

}  // namespace dwconv
