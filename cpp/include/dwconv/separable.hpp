#pragma once

#include <memory>
#include <string>

#include "dwconv/export.hpp"
#include "dwconv/plan.hpp"
#include "dwconv/separable_problem.hpp"
#include "dwconv/tensor_view.hpp"
#include "dwconv/types.hpp"

namespace dwconv {

/// The weights of both convolutions, with any strides. Biases are empty views where there are none.
struct SeparableWeights {
    TensorView depthwise;       ///< as Plan takes them
    TensorView depthwise_bias;  ///< {channels · multiplier}
    TensorView pointwise;       ///< {outputs, channels · multiplier, 1, 1}
    TensorView bias;            ///< {outputs}
};

/// A separable convolution made ready with its weights. Immutable, cheap to copy, safe to use from
/// any number of threads at once and after a fork().
class DWCONV_EXPORT SeparablePlan {
public:
    /// @param problem  its biases are taken from whether they are given
    /// @param weights  copied
    /// @param options  `strategy` is fused, unfused or automatic
    /// @throws InvalidArgument, InvalidType, Unsupported, BackendError
    SeparablePlan(const SeparableProblem& problem, const SeparableWeights& weights,
                  const PlanOptions& options = {});

    /// As Plan::execute().
    void execute(const TensorView& src, const MutableTensorView& dst) const;

    const SeparableProblem& problem() const noexcept;
    StrategyKind strategy() const noexcept;
    /// The names of the kernels that run, separated by ", ".
    std::string implementation() const;
    int threads() const noexcept;

private:
    struct State;
    std::shared_ptr<const State> state_;
};

/// dst = the separable convolution of src, in one call; see convolve().
DWCONV_EXPORT void separable(const SeparableProblem& problem, const TensorView& src,
                             const SeparableWeights& weights, const MutableTensorView& dst,
                             const PlanOptions& options = {});

}  // namespace dwconv
