#include "dwconv/quantized.hpp"

#include "onednn/scratch.hpp"
#include "plan/kept_array.hpp"
#include "plan/operands.hpp"
#include "plan/plan_cache.hpp"
#include "plan/run.hpp"
#include "strategy/quantized.hpp"

namespace dwconv {

namespace {

Operands checked(const QuantizedProblem& problem, const TensorView& weights,
                 const TensorView& bias) {
    problem.validate();
    return {problem.depthwise, weights, bias};
}

PlanKey key_of(const Operands& operands, const PlanOptions& options) {
    require_no_choice(options, "quantized convolution");
    PlanKey key = {request_of(operands.problem, options)};
    key.pass = strategy::Pass::quantized;
    return key;
}

struct PlainViews {
    TensorView weights;
    TensorView bias;
};

/// Packs the weights into the calling thread's memory, and runs.
void pack_and_run(const PlanKey& key, const Quantization& quantization, const PlainViews& operands,
                  const TensorView& src, const MutableTensorView& dst) {
    const auto strategy = cached<strategy::Quantized>(key);
    if (key.request.problem.batch == 0) return;
    float* const memory = onednn::thread_scratch().weights.reserve(strategy->packed_size());
    run(*strategy, src, strategy->pack(operands.weights, operands.bias, quantization, memory), dst);
}

}  // namespace

/// The weights twice: as the strategy wants them, and plain for arrays in other memory orders.
struct QuantizedPlan::State {
    QuantizedProblem problem;
    ArrayForms forms;
    PlanKey key;
    std::shared_ptr<const strategy::Quantized> strategy;
    onednn::AlignedBuffer memory;
    strategy::PackedWeights packed;
    KeptArray weights;
    KeptArray bias;

    State(const QuantizedProblem& asked, const Operands& operands, const PlanOptions& options)
        : problem{operands.problem, asked.quantization},
          forms(operands.problem),
          key(key_of(operands, options)),
          strategy(cached<strategy::Quantized>(key)),
          memory(strategy->packed_size()),
          packed(
              strategy->pack(operands.weights, operands.bias, asked.quantization, memory.data())),
          weights(operands.weights),
          bias(operands.bias) {}
};

QuantizedPlan::QuantizedPlan(const QuantizedProblem& problem, const TensorView& weights,
                             const TensorView& bias, const PlanOptions& options)
    : state_(std::make_shared<const State>(problem, checked(problem, weights, bias), options)) {}

void QuantizedPlan::execute(const TensorView& src, const MutableTensorView& dst) const {
    state_->forms.require(src, dst);
    if (state_->problem.depthwise.batch == 0) return;
    if (!state_->strategy->needs_its_orders() || is_for(state_->key, src, dst)) {
        run(*state_->strategy, src, state_->packed, dst);
    } else {
        pack_and_run(key_for(state_->key, src, dst), state_->problem.quantization,
                     {state_->weights.view(), state_->bias.view()}, src, dst);
    }
}

const QuantizedProblem& QuantizedPlan::problem() const noexcept { return state_->problem; }
StrategyKind QuantizedPlan::strategy() const noexcept { return StrategyKind::converted; }
std::string QuantizedPlan::implementation() const { return state_->strategy->implementation(); }
int QuantizedPlan::threads() const noexcept { return state_->key.request.threads; }

void quantized(const QuantizedProblem& problem, const TensorView& src, const TensorView& weights,
               const TensorView& bias, const MutableTensorView& dst, const PlanOptions& options) {
    const Operands operands = checked(problem, weights, bias);
    ArrayForms(operands.problem).require(src, dst);
    const PlanKey key = key_for(key_of(operands, options), src, dst);
    pack_and_run(key, problem.quantization, {operands.weights, operands.bias}, src, dst);
}

}  // namespace dwconv
