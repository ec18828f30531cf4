#pragma once

#include <memory>
#include <string>

#include "dwconv/export.hpp"
#include "dwconv/plan.hpp"
#include "dwconv/quantized_problem.hpp"
#include "dwconv/tensor_view.hpp"
#include "dwconv/types.hpp"

namespace dwconv {

/// A quantized convolution made ready with its weights. Immutable, cheap to copy, safe to use from
/// any number of threads at once and after a fork().
class DWCONV_EXPORT QuantizedPlan {
public:
    /// @param problem  its `bias` is taken from whether `bias` is given
    /// @param weights  as Plan takes them; copied
    /// @param bias     {channels · multiplier} of int32, or an empty view for none; copied
    /// @param options  `strategy` is automatic, and there is no tuning
    /// @throws InvalidArgument, InvalidType, Unsupported, BackendError
    QuantizedPlan(const QuantizedProblem& problem, const TensorView& weights,
                  const TensorView& bias = {}, const PlanOptions& options = {});

    /// As Plan::execute().
    void execute(const TensorView& src, const MutableTensorView& dst) const;

    const QuantizedProblem& problem() const noexcept;
    StrategyKind strategy() const noexcept;
    /// The names of the kernels that run, separated by ", ".
    std::string implementation() const;
    int threads() const noexcept;

private:
    struct State;
    std::shared_ptr<const State> state_;
};

/// dst = the quantized convolution of src, in one call; see convolve().
DWCONV_EXPORT void quantized(const QuantizedProblem& problem, const TensorView& src,
                             const TensorView& weights, const TensorView& bias,
                             const MutableTensorView& dst, const PlanOptions& options = {});

}  // namespace dwconv
