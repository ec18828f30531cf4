#pragma once

#include <memory>
#include <string>

#include "dwconv/export.hpp"
#include "dwconv/plan.hpp"
#include "dwconv/problem.hpp"
#include "dwconv/tensor_view.hpp"
#include "dwconv/types.hpp"

namespace dwconv {

/// The gradient of a depthwise convolution by its source,
///
///     diff_src[n, c, i] = Σ_m Σ_k diff_dst[n, c·M + m, o] · weights[c, m, k]
///
/// over all o · stride - low + k · dilation = i, made ready with its weights. Immutable, cheap to
/// copy, safe to use from any number of threads at once and after a fork().
class DWCONV_EXPORT BackwardDataPlan {
public:
    /// @param problem  the convolution; depthwise, its bias and activation have no part in this
    /// @param weights  as Plan takes them; copied
    /// @param options  `src_order` is that of diff_dst, `dst_order` that of diff_src; `strategy` is
    ///                 automatic, and there is no tuning
    /// @throws InvalidArgument, InvalidType, Unsupported, BackendError
    BackwardDataPlan(const Problem& problem, const TensorView& weights,
                     const PlanOptions& options = {});

    /// @param diff_dst  the problem's dst_shape(), any strides
    /// @param diff_src  the problem's src_shape(), any strides, written in full; may not overlap
    ///                  diff_dst
    /// @throws InvalidArgument, InvalidType, BackendError
    void execute(const TensorView& diff_dst, const MutableTensorView& diff_src) const;

    const Problem& problem() const noexcept;
    StrategyKind strategy() const noexcept;
    /// The names of the kernels that run, separated by ", ".
    std::string implementation() const;
    int threads() const noexcept;

private:
    struct State;
    std::shared_ptr<const State> state_;
};

/// diff_src = the gradient by the source, in one call; see convolve().
DWCONV_EXPORT void backward_data(const Problem& problem, const TensorView& diff_dst,
                                 const TensorView& weights, const MutableTensorView& diff_src,
                                 const PlanOptions& options = {});

}  // namespace dwconv
