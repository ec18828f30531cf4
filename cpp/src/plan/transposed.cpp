#include "dwconv/transposed.hpp"

#include "plan/transposed_state.hpp"
#include "problem_types.hpp"

namespace dwconv {

namespace {

TransposedOperands operands_of(const TransposedProblem& asked, const TensorView& weights,
                               const TensorView& bias) {
    asked.validate();
    require_float32(asked.depthwise, "in a transposed convolution");
    Problem convolution = asked.depthwise.normalized();
    const Dims src_shape = convolution.src_shape();
    const Dims dst_shape = asked.dst_shape();
    convolution.spatial = asked.output_spatial();
    return {Operands(convolution, weights, bias), strategy::Pass::transposed, src_shape, dst_shape,
            ArrayForms(src_shape, dst_shape)};
}

}  // namespace

struct TransposedPlan::State {
    TransposedProblem problem;
    TransposedState transposed;

    State(const TransposedProblem& asked, const TransposedOperands& operands,
          const PlanOptions& options)
        : problem(asked), transposed(operands, options) {
        problem.depthwise = asked.depthwise.normalized();
        problem.depthwise.bias = operands.operands.problem.bias;
    }
};

TransposedPlan::TransposedPlan(const TransposedProblem& problem, const TensorView& weights,
                               const TensorView& bias, const PlanOptions& options)
    : state_(std::make_shared<const State>(problem, operands_of(problem, weights, bias), options)) {
}

void TransposedPlan::execute(const TensorView& src, const MutableTensorView& dst) const {
    state_->transposed.execute(src, dst);
}

const TransposedProblem& TransposedPlan::problem() const noexcept { return state_->problem; }
StrategyKind TransposedPlan::strategy() const noexcept {
    return state_->transposed.strategy().kind();
}
std::string TransposedPlan::implementation() const {
    return state_->transposed.strategy().implementation();
}
int TransposedPlan::threads() const noexcept { return state_->transposed.threads(); }

void transposed(const TransposedProblem& problem, const TensorView& src, const TensorView& weights,
                const TensorView& bias, const MutableTensorView& dst, const PlanOptions& options) {
    run_once(operands_of(problem, weights, bias), src, dst, options);
}

}  // namespace dwconv
