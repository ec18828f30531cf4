#pragma once

#include <memory>
#include <string>

#include "dwconv/export.hpp"
#include "dwconv/inverted_residual_problem.hpp"
#include "dwconv/plan.hpp"
#include "dwconv/separable.hpp"
#include "dwconv/tensor_view.hpp"
#include "dwconv/types.hpp"

namespace dwconv {

/// The weights of the three convolutions, with any strides. Biases are empty views where there are
/// none.
struct InvertedResidualWeights {
    TensorView expand;       ///< {expanded channels, channels, 1, 1}
    TensorView expand_bias;  ///< {expanded channels}
    SeparableWeights separable;
};

/// An inverted residual block made ready with its weights. Immutable, cheap to copy, safe to use
/// from any number of threads at once and after a fork().
class DWCONV_EXPORT InvertedResidualPlan {
public:
    /// @param problem  its biases are taken from whether they are given
    /// @param weights  copied
    /// @param options  `strategy` is fused, unfused or automatic
    /// @throws InvalidArgument, InvalidType, Unsupported, BackendError
    InvertedResidualPlan(const InvertedResidualProblem& problem,
                         const InvertedResidualWeights& weights, const PlanOptions& options = {});

    /// As Plan::execute().
    void execute(const TensorView& src, const MutableTensorView& dst) const;

    const InvertedResidualProblem& problem() const noexcept;
    StrategyKind strategy() const noexcept;
    /// The names of the kernels that run, separated by ", ".
    std::string implementation() const;
    int threads() const noexcept;

private:
    struct State;
    std::shared_ptr<const State> state_;
};

}  // namespace dwconv
