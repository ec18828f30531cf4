#include "dwconv/conv.hpp"

#include "onednn/scratch.hpp"
#include "plan/fold.hpp"
#include "plan/operands.hpp"
#include "plan/plan_cache.hpp"
#include "plan/run.hpp"
#include "problem_depthwise.hpp"

namespace dwconv {

namespace {

/// Of what is checked and folded.
void convolve(const Operands& operands, const TensorView& src, const TensorView& add,
              const MutableTensorView& dst, const PlanOptions& options) {
    PlanKey key = {request_of(operands.problem, options), options.strategy, options.tune, {}};
    key.request.src_order = memory_order(src);
    key.request.dst_order = memory_order(dst);
    if (operands.problem.add) key.request.add_order = memory_order(add);
    const auto prepared = cached_plan(key);
    if (operands.problem.batch == 0) return;
    pack_and_run(prepared, operands.weights, operands.bias, src, add, dst);
}

}  // namespace

void convolve(const Problem& problem, const TensorView& src, const TensorView& weights,
              const TensorView& bias, const MutableTensorView& dst, const PlanOptions& options) {
    const Operands operands(problem, weights, bias);
    ArrayForms(operands.problem).require(src, dst);
    convolve(operands, src, no_array, dst, options);
}

void convolve(const Problem& problem, const TensorView& src, const ConvWeights& weights,
              const TensorView& add, const MutableTensorView& dst, const PlanOptions& options) {
    Problem asked = problem;
    asked.add = is_given(add);
    const ConvOperands operands(asked, weights);
    const ArrayForms forms(operands.plain.problem);
    forms.require(src, dst);
    if (asked.add) forms.require_add(add);
    convolve(operands.folded(onednn::thread_scratch().folded), src, add, dst, options);
}

void depthwise(const Problem& problem, const TensorView& src, const TensorView& weights,
               const TensorView& bias, const MutableTensorView& dst, const PlanOptions& options) {
    require_depthwise(problem);
    convolve(problem, src, weights, bias, dst, options);
}

void depthwise(const Problem& problem, const TensorView& src, const ConvWeights& weights,
               const TensorView& add, const MutableTensorView& dst, const PlanOptions& options) {
    require_depthwise(problem);
    convolve(problem, src, weights, add, dst, options);
}

}  // namespace dwconv
