#include "dwconv/conv.hpp"

#include "plan/operands.hpp"
#include "plan/plan_cache.hpp"
#include "plan/run.hpp"
#include "problem_depthwise.hpp"

namespace dwconv {

void convolve(const Problem& problem, const TensorView& src, const TensorView& weights,
              const TensorView& bias, const MutableTensorView& dst, const PlanOptions& options) {
    const Operands operands(problem, weights, bias);
    ArrayForms(operands.problem).require(src, dst);
    PlanKey key = {request_of(operands.problem, options), options.strategy, options.tune, {}};
    key.request.src_order = memory_order(src);
    key.request.dst_order = memory_order(dst);
    const auto prepared = cached_plan(key);
    if (operands.problem.batch == 0) return;
    pack_and_run(prepared, operands.weights, operands.bias, src, dst);
}

void depthwise(const Problem& problem, const TensorView& src, const TensorView& weights,
               const TensorView& bias, const MutableTensorView& dst, const PlanOptions& options) {
    require_depthwise(problem);
    convolve(problem, src, weights, bias, dst, options);
}

}  // namespace dwconv
