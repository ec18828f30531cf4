#include "dwconv/separable.hpp"

#include "plan/block.hpp"

namespace dwconv {

namespace {

BlockOperands operands_of(const SeparableProblem& problem, const SeparableWeights& weights) {
    problem.validate();
    return {Operands(problem.depthwise, weights.depthwise, weights.depthwise_bias),
            Operands(problem.pointwise(), weights.pointwise, weights.bias),
            {},
            false};
}

}  // namespace

struct SeparablePlan::State {
    SeparableProblem problem;
    BlockState block;

    State(const SeparableProblem& asked, const BlockOperands& operands, const PlanOptions& options)
        : problem(asked), block(operands, options) {
        problem.depthwise = operands.depthwise.problem;
        problem.bias = operands.pointwise.problem.bias;
    }
};

SeparablePlan::SeparablePlan(const SeparableProblem& problem, const SeparableWeights& weights,
                             const PlanOptions& options)
    : state_(std::make_shared<const State>(problem, operands_of(problem, weights), options)) {}

void SeparablePlan::execute(const TensorView& src, const MutableTensorView& dst) const {
    state_->block.execute(src, dst);
}

const SeparableProblem& SeparablePlan::problem() const noexcept { return state_->problem; }
StrategyKind SeparablePlan::strategy() const noexcept { return state_->block.strategy().kind(); }
std::string SeparablePlan::implementation() const {
    return state_->block.strategy().implementation();
}
int SeparablePlan::threads() const noexcept { return state_->block.threads(); }

void separable(const SeparableProblem& problem, const TensorView& src,
               const SeparableWeights& weights, const MutableTensorView& dst,
               const PlanOptions& options) {
    const BlockOperands operands = operands_of(problem, weights);
    operands.forms().require(src, dst);
    pack_and_run(key_for(operands.key(options), src, dst), operands.views(), src, dst);
}

}  // namespace dwconv
