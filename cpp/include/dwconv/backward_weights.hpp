#pragma once

#include <memory>
#include <string>

#include "dwconv/export.hpp"
#include "dwconv/plan.hpp"
#include "dwconv/problem.hpp"
#include "dwconv/tensor_view.hpp"
#include "dwconv/types.hpp"

namespace dwconv {

/// The gradient of a depthwise convolution by its weights, and by its bias,
///
///     diff_weights[c, m, k] = Σ_n Σ_o diff_dst[n, c·M + m, o] · src[n, c, o·stride - low +
///     k·dilation]
///     diff_bias[c·M + m] = Σ_n Σ_o diff_dst[n, c·M + m, o]
///
/// over all that lies inside the source, made ready. The sums are made in double, those of short
/// spans in float, and do not depend on the number of threads. Immutable, cheap to copy, safe to
/// use from any number of threads at once and after a fork().
class DWCONV_EXPORT BackwardWeightsPlan {
public:
    /// @param problem  the convolution; depthwise; with a bias where the gradient by it is wanted;
    ///                 its activation has no part in this
    /// @param options  `src_order` is that of src, `dst_order` that of diff_dst; `strategy` is
    ///                 automatic, and there is no tuning
    /// @throws InvalidArgument, InvalidType, Unsupported
    explicit BackwardWeightsPlan(const Problem& problem, const PlanOptions& options = {});

    /// @param src           the problem's src_shape(), any strides
    /// @param diff_dst      the problem's dst_shape(), any strides
    /// @param diff_weights  in one of the forms that Plan takes weights in, any strides, written in
    ///                      full; may not overlap what is read
    /// @param diff_bias     {channels · multiplier}, where the problem has a bias, likewise
    /// @throws InvalidArgument, InvalidType
    void execute(const TensorView& src, const TensorView& diff_dst,
                 const MutableTensorView& diff_weights,
                 const MutableTensorView& diff_bias = {}) const;

    const Problem& problem() const noexcept;
    StrategyKind strategy() const noexcept;
    /// The name of the kernels that run.
    std::string implementation() const;
    int threads() const noexcept;

private:
    struct State;
    std::shared_ptr<const State> state_;
};

/// diff_weights, and diff_bias where it is given = the gradients, in one call; see convolve().
DWCONV_EXPORT void backward_weights(const Problem& problem, const TensorView& src,
                                    const TensorView& diff_dst,
                                    const MutableTensorView& diff_weights,
                                    const MutableTensorView& diff_bias = {},
                                    const PlanOptions& options = {});

}  // namespace dwconv
