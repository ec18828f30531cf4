#include "dwconv/inverted_residual.hpp"

#include "plan/block.hpp"

namespace dwconv {

namespace {

BlockOperands operands_of(const InvertedResidualProblem& problem,
                          const InvertedResidualWeights& weights) {
    problem.validate();
    const SeparableWeights& rest = weights.separable;
    return {Operands(problem.separable.depthwise, rest.depthwise, rest.depthwise_bias),
            Operands(problem.separable.pointwise(), rest.pointwise, rest.bias),
            Operands(problem.expand(), weights.expand, weights.expand_bias), problem.residual};
}

}  // namespace

struct InvertedResidualPlan::State {
    InvertedResidualProblem problem;
    BlockState block;

    State(const InvertedResidualProblem& asked, const BlockOperands& operands,
          const PlanOptions& options)
        : problem(asked), block(operands, options) {
        problem.expand_bias = operands.expand->problem.bias;
        problem.separable.depthwise = operands.depthwise.problem;
        problem.separable.bias = operands.pointwise.problem.bias;
    }
};

InvertedResidualPlan::InvertedResidualPlan(const InvertedResidualProblem& problem,
                                           const InvertedResidualWeights& weights,
                                           const PlanOptions& options)
    : state_(std::make_shared<const State>(problem, operands_of(problem, weights), options)) {}

void InvertedResidualPlan::execute(const TensorView& src, const MutableTensorView& dst) const {
    state_->block.execute(src, dst);
}

const InvertedResidualProblem& InvertedResidualPlan::problem() const noexcept {
    return state_->problem;
}
StrategyKind InvertedResidualPlan::strategy() const noexcept {
    return state_->block.strategy().kind();
}
std::string InvertedResidualPlan::implementation() const {
    return state_->block.strategy().implementation();
}
int InvertedResidualPlan::threads() const noexcept { return state_->block.threads(); }

}  // namespace dwconv
