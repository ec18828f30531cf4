#pragma once

#include "dwconv/export.hpp"
#include "dwconv/plan.hpp"

namespace dwconv {

/// dst = the problem's convolution of src, depthwise or with groups, in one call. What can be made
/// ready without the weights is taken from the process-wide cache; the weights are packed anew, so
/// they may change between calls. The memory orders in `options` are taken from the arrays.
///
/// Shapes, errors and thread-safety are those of Plan and Plan::execute().
DWCONV_EXPORT void convolve(const Problem& problem, const TensorView& src,
                            const TensorView& weights, const TensorView& bias,
                            const MutableTensorView& dst, const PlanOptions& options = {});

/// The same with scale and shift, and with an array that is added: `add` is as in Plan::execute(),
/// or an empty view. The problem's `scale`, `shift` and `add` are taken from whether they are
/// given.
DWCONV_EXPORT void convolve(const Problem& problem, const TensorView& src,
                            const ConvWeights& weights, const TensorView& add,
                            const MutableTensorView& dst, const PlanOptions& options = {});

/// convolve(), for a depthwise problem.
DWCONV_EXPORT void depthwise(const Problem& problem, const TensorView& src,
                             const TensorView& weights, const TensorView& bias,
                             const MutableTensorView& dst, const PlanOptions& options = {});
DWCONV_EXPORT void depthwise(const Problem& problem, const TensorView& src,
                             const ConvWeights& weights, const TensorView& add,
                             const MutableTensorView& dst, const PlanOptions& options = {});

}  // namespace dwconv
