#include "dwconv/plan.hpp"

#include "onednn/scratch.hpp"
#include "plan/kept_array.hpp"
#include "plan/operands.hpp"
#include "plan/plan_cache.hpp"
#include "plan/run.hpp"

namespace dwconv {

/// The weights twice: as the strategy wants them, and plain for a variant that wants them
/// otherwise.
struct Plan::State {
    Problem problem;  ///< as asked; the key's is lifted
    ArrayForms forms;
    PlanKey key;
    std::shared_ptr<const strategy::Strategy> strategy;
    onednn::AlignedBuffer memory;
    strategy::PackedWeights packed;
    KeptArray weights;
    KeptArray bias;

    State(const Operands& operands, const PlanOptions& options)
        : problem(operands.problem),
          forms(problem),
          key{request_of(problem, options), options.strategy, options.tune, {}},
          strategy(cached<strategy::Strategy>(key)),
          memory(strategy->packed_size()),
          packed(strategy->pack(operands.weights, operands.bias, memory.data())),
          weights(operands.weights),
          bias(operands.bias) {}

    /// False where another strategy must run, or would be the choice for, arrays in these orders.
    bool serves(MemoryOrder src, MemoryOrder dst) const {
        const bool channels_last =
            src == MemoryOrder::channels_last && dst == MemoryOrder::channels_last;
        const bool made_for_these = src == key.request.src_order && dst == key.request.dst_order;
        if (made_for_these || strategy->needs_its_orders()) return made_for_these;
        // Volumes that need not be gathered are better left where they lie.
        if (problem.spatial.size() == 3) return false;
        return key.kind != StrategyKind::automatic || !channels_last;
    }
};

Plan::Plan(const Problem& problem, const TensorView& weights, const TensorView& bias,
           const PlanOptions& options)
    : state_(std::make_shared<const State>(Operands(problem, weights, bias), options)) {}

void Plan::execute(const TensorView& src, const MutableTensorView& dst) const {
    const State& state = *state_;
    state.forms.require(src, dst);
    if (state.problem.batch == 0) return;
    if (state.serves(memory_order(src), memory_order(dst))) {
        run(*state.strategy, src, state.packed, dst);
        return;
    }
    PlanKey variant = key_for(state.key, src, dst);
    variant.kind = StrategyKind::automatic;
    variant.tuned = false;
    pack_and_run(cached_plan(variant), state.weights.view(), state.bias.view(), src, dst);
}

const Problem& Plan::problem() const noexcept { return state_->problem; }
StrategyKind Plan::strategy() const noexcept { return state_->strategy->kind(); }
std::string Plan::implementation() const { return state_->strategy->implementation(); }
int Plan::threads() const noexcept { return state_->key.request.threads; }

}  // namespace dwconv
