#include "dwconv/separable.hpp"

#include "dense_copy.hpp"
#include "dwconv/errors.hpp"
#include "onednn/scratch.hpp"
#include "plan/operands.hpp"
#include "plan/plan_cache.hpp"
#include "strategy/separable.hpp"

namespace dwconv {

namespace {

/// A separable problem with its weights, checked.
struct SeparableOperands {
    SeparableProblem problem;
    Operands depthwise;
    Operands pointwise;

    SeparableOperands(const SeparableProblem& asked, const SeparableWeights& weights)
        : problem(asked),
          depthwise(asked.depthwise, weights.depthwise, weights.depthwise_bias),
          pointwise(asked.pointwise(), weights.pointwise, weights.bias) {
        problem.depthwise = depthwise.problem;
        problem.bias = pointwise.problem.bias;
    }

    strategy::SeparableViews views() const {
        return {depthwise.weights, depthwise.bias, pointwise.weights, pointwise.bias};
    }

    PlanKey key(const PlanOptions& options) const {
        if (options.tune) {
            throw Unsupported({"tune", "false for a separable convolution", "true"});
        }
        return {request_of(depthwise.problem, options), options.strategy, false, pointwise.problem};
    }

    /// What `src` and `dst` of the whole look like.
    void require(const TensorView& src, const MutableTensorView& dst) const {
        ArrayForms(depthwise.problem.src_shape(), pointwise.problem.dst_shape()).require(src, dst);
    }
};

std::shared_ptr<const strategy::Separable> cached(const PlanKey& key) {
    return std::static_pointer_cast<const strategy::Separable>(cached_plan(key));
}

void pack_and_run(const strategy::Separable& strategy, const strategy::SeparableViews& weights,
                  const TensorView& src, const MutableTensorView& dst) {
    float* const memory = onednn::thread_scratch().weights.reserve(strategy.packed_size());
    strategy.run(src, strategy.pack(weights, memory), dst);
}

/// A copy in C order of an array that may not be there.
class DenseCopy {
public:
    explicit DenseCopy(const TensorView& view)
        : memory_(view.data == nullptr ? 0 : static_cast<std::size_t>(element_count(view.shape))) {
        if (view.data == nullptr) return;
        copy_in_c_order(view, memory_.data());
        view_ = {memory_.data(), view.shape};
    }
    const TensorView& view() const noexcept { return view_; }

private:
    onednn::AlignedBuffer memory_;
    TensorView view_;
};

}  // namespace

/// The weights twice: as the strategy wants them, and plain for arrays in other memory orders.
struct SeparablePlan::State {
    SeparableProblem problem;
    ArrayForms forms;
    PlanKey key;
    std::shared_ptr<const strategy::Separable> strategy;
    onednn::AlignedBuffer memory;
    strategy::PackedSeparable packed;
    DenseCopy depthwise, depthwise_bias, pointwise, bias;

    State(const SeparableOperands& operands, const PlanOptions& options)
        : problem(operands.problem),
          forms(operands.depthwise.problem.src_shape(), operands.pointwise.problem.dst_shape()),
          key(operands.key(options)),
          strategy(cached(key)),
          memory(strategy->packed_size()),
          packed(strategy->pack(operands.views(), memory.data())),
          depthwise(operands.depthwise.weights),
          depthwise_bias(operands.depthwise.bias),
          pointwise(operands.pointwise.weights),
          bias(operands.pointwise.bias) {}

    strategy::SeparableViews views() const {
        return {depthwise.view(), depthwise_bias.view(), pointwise.view(), bias.view()};
    }
};

SeparablePlan::SeparablePlan(const SeparableProblem& problem, const SeparableWeights& weights,
                             const PlanOptions& options)
    : state_(std::make_shared<const State>(SeparableOperands(problem, weights), options)) {}

void SeparablePlan::execute(const TensorView& src, const MutableTensorView& dst) const {
    const State& state = *state_;
    state.forms.require(src, dst);
    if (state.problem.depthwise.batch == 0) return;
    PlanKey key = state.key;
    key.request.src_order = memory_order(src);
    key.request.dst_order = memory_order(dst);
    if (key == state.key) {
        state.strategy->run(src, state.packed, dst);
    } else {
        pack_and_run(*cached(key), state.views(), src, dst);
    }
}

const SeparableProblem& SeparablePlan::problem() const noexcept { return state_->problem; }
StrategyKind SeparablePlan::strategy() const noexcept { return state_->strategy->kind(); }
std::string SeparablePlan::implementation() const { return state_->strategy->implementation(); }
int SeparablePlan::threads() const noexcept { return state_->key.request.threads; }

void separable(const SeparableProblem& problem, const TensorView& src,
               const SeparableWeights& weights, const MutableTensorView& dst,
               const PlanOptions& options) {
    const SeparableOperands operands(problem, weights);
    operands.require(src, dst);
    PlanKey key = operands.key(options);
    key.request.src_order = memory_order(src);
    key.request.dst_order = memory_order(dst);
    const auto strategy = cached(key);
    if (operands.depthwise.problem.batch == 0) return;
    pack_and_run(*strategy, operands.views(), src, dst);
}

}  // namespace dwconv
