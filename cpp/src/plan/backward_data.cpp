#include "dwconv/backward_data.hpp"

#include "plan/transposed_state.hpp"
#include "problem_depthwise.hpp"
#include "problem_types.hpp"

namespace dwconv {

namespace {

TransposedOperands operands_of(const Problem& asked, const TensorView& weights) {
    Problem problem = asked;
    require_depthwise(problem);
    require_float32(problem, "in a gradient");
    problem.activation = Activation();
    const Operands operands(problem, weights, TensorView());
    const Dims diff_dst = operands.problem.dst_shape();
    const Dims diff_src = operands.problem.src_shape();
    return {operands, strategy::Pass::backward_data, diff_dst, diff_src,
            ArrayForms(diff_dst, diff_src, "diff_dst", "diff_src")};
}

}  // namespace

struct BackwardDataPlan::State {
    Problem problem;
    TransposedState transposed;

    State(const TransposedOperands& operands, const PlanOptions& options)
        : problem(operands.operands.problem), transposed(operands, options) {}
};

BackwardDataPlan::BackwardDataPlan(const Problem& problem, const TensorView& weights,
                                   const PlanOptions& options)
    : state_(std::make_shared<const State>(operands_of(problem, weights), options)) {}

void BackwardDataPlan::execute(const TensorView& diff_dst,
                               const MutableTensorView& diff_src) const {
    state_->transposed.execute(diff_dst, diff_src);
}

const Problem& BackwardDataPlan::problem() const noexcept { return state_->problem; }
StrategyKind BackwardDataPlan::strategy() const noexcept {
    return state_->transposed.strategy().kind();
}
std::string BackwardDataPlan::implementation() const {
    return state_->transposed.strategy().implementation();
}
int BackwardDataPlan::threads() const noexcept { return state_->transposed.threads(); }

void backward_data(const Problem& problem, const TensorView& diff_dst, const TensorView& weights,
                   const MutableTensorView& diff_src, const PlanOptions& options) {
    run_once(operands_of(problem, weights), diff_dst, diff_src, options);
}

}  // namespace dwconv
