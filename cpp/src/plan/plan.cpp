#include "dwconv/plan.hpp"

#include "dwconv/errors.hpp"
#include "onednn/scratch.hpp"
#include "plan/fold.hpp"
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

    /// `operands` are what is run for the problem as asked.
    State(const Problem& asked, const Operands& operands, const PlanOptions& options)
        : problem(asked),
          forms(asked),
          key(key_of(operands.problem, options)),
          strategy(cached<strategy::Strategy>(key)),
          memory(strategy->packed_size()),
          packed(strategy->pack(operands.weights, operands.bias, memory.data())),
          weights(operands.weights),
          bias(operands.bias) {}

    /// What is added is expected in the order of the destination.
    static PlanKey key_of(const Problem& problem, const PlanOptions& options) {
        PlanKey key = {request_of(problem, options), options.strategy, options.tune, {}};
        if (problem.add) key.request.add_order = key.request.dst_order;
        return key;
    }

    static std::shared_ptr<const State> make(const ConvOperands& operands,
                                             const PlanOptions& options) {
        onednn::ScratchBuffer memory;
        return std::make_shared<const State>(operands.plain.problem, operands.folded(memory),
                                             options);
    }

    void execute(const TensorView& src, const TensorView& add, const MutableTensorView& dst) const {
        if (problem.batch == 0) return;
        const MemoryOrder add_order = problem.add ? memory_order(add) : key.request.add_order;
        if (serves(memory_order(src), memory_order(dst), add_order)) {
            run(*strategy, src, packed, add, dst);
            return;
        }
        PlanKey variant = key_for(key, src, dst);
        variant.request.add_order = add_order;
        variant.kind = StrategyKind::automatic;
        variant.tuned = false;
        pack_and_run(cached_plan(variant), weights.view(), bias.view(), src, add, dst);
    }

    /// False where another strategy must run, or would be the choice for, arrays in these orders.
    bool serves(MemoryOrder src, MemoryOrder dst, MemoryOrder add) const {
        const bool channels_last =
            src == MemoryOrder::channels_last && dst == MemoryOrder::channels_last;
        const bool made_for_these = src == key.request.src_order && dst == key.request.dst_order &&
                                    add == key.request.add_order;
        if (made_for_these || strategy->needs_its_orders()) return made_for_these;
        // Volumes that need not be gathered are better left where they lie.
        if (problem.spatial.size() == 3) return false;
        return key.kind != StrategyKind::automatic || !channels_last;
    }
};

Plan::Plan(const Problem& problem, const TensorView& weights, const TensorView& bias,
           const PlanOptions& options)
    : Plan(problem, ConvWeights{weights, bias, {}, {}}, options) {}

Plan::Plan(const Problem& problem, const ConvWeights& weights, const PlanOptions& options)
    : state_(State::make(ConvOperands(problem, weights), options)) {}

void Plan::execute(const TensorView& src, const MutableTensorView& dst) const {
    const State& state = *state_;
    if (state.problem.add) {
        throw InvalidArgument(
            {"add", "an array, as the plan is of a problem that adds one", "none"});
    }
    state.forms.require(src, dst);
    state.execute(src, no_array, dst);
}

void Plan::execute(const TensorView& src, const TensorView& add,
                   const MutableTensorView& dst) const {
    const State& state = *state_;
    if (!state.problem.add) {
        throw InvalidArgument(
            {"add", "none, as the plan is of a problem that adds nothing", "an array"});
    }
    state.forms.require(src, dst);
    state.forms.require_add(add);
    state.execute(src, add, dst);
}

const Problem& Plan::problem() const noexcept { return state_->problem; }
StrategyKind Plan::strategy() const noexcept { return state_->strategy->kind(); }
std::string Plan::implementation() const { return state_->strategy->implementation(); }
int Plan::threads() const noexcept { return state_->key.request.threads; }

}  // namespace dwconv
