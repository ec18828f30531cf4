#include "dwconv/plan.hpp"

#include "dense_copy.hpp"
#include "onednn/scratch.hpp"
#include "plan/operands.hpp"
#include "plan/plan_cache.hpp"
#include "plan/run.hpp"

namespace dwconv {

namespace {

/// The size of an array of this type in floats, rounded up.
std::size_t floats_for(std::int64_t elements, DataType dtype) {
    return (static_cast<std::size_t>(elements) * size_of(dtype) + sizeof(float) - 1) /
           sizeof(float);
}

}  // namespace

/// The weights twice: as the strategy wants them, and plain for a variant that wants them
/// otherwise.
struct Plan::State {
    Problem problem;  ///< as asked; the key's is lifted
    ArrayForms forms;
    PlanKey key;
    std::shared_ptr<const strategy::Strategy> strategy;
    onednn::AlignedBuffer memory;
    strategy::PackedWeights packed;
    onednn::AlignedBuffer plain_weights;
    onednn::AlignedBuffer plain_bias;
    DataType bias_dtype;

    State(const Operands& operands, const PlanOptions& options)
        : problem(operands.problem),
          forms(problem),
          key{request_of(problem, options), options.strategy, options.tune, {}},
          strategy(cached_strategy(key)),
          memory(strategy->packed_size()),
          packed(strategy->pack(operands.weights, operands.bias, memory.data())),
          plain_weights(floats_for(element_count(problem.weights_shape()), problem.weights_dtype)),
          plain_bias(static_cast<std::size_t>(problem.bias ? problem.dst_shape()[1] : 0)),
          bias_dtype(operands.bias.dtype) {
        copy_in_c_order(operands.weights, plain_weights.data());
        if (problem.bias) copy_in_c_order(operands.bias, plain_bias.data());
    }

    TensorView weights() const {
        const Dims shape = key.request.problem.weights_shape();
        return {plain_weights.data(), problem.weights_dtype, shape, c_order_strides(shape)};
    }
    TensorView bias() const {
        if (!problem.bias) return {};
        return {plain_bias.data(), bias_dtype, {problem.dst_shape()[1]}, {1}};
    }

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
    const MemoryOrder src_order = memory_order(src);
    const MemoryOrder dst_order = memory_order(dst);
    if (state.serves(src_order, dst_order)) {
        run(*state.strategy, src, state.packed, dst);
        return;
    }
    PlanKey variant = state.key;
    variant.kind = StrategyKind::automatic;
    variant.tuned = false;
    variant.request.src_order = src_order;
    variant.request.dst_order = dst_order;
    pack_and_run(cached_plan(variant), state.weights(), state.bias(), src, dst);
}

const Problem& Plan::problem() const noexcept { return state_->problem; }
StrategyKind Plan::strategy() const noexcept { return state_->strategy->kind(); }
std::string Plan::implementation() const { return state_->strategy->implementation(); }
int Plan::threads() const noexcept { return state_->key.request.threads; }

}  // namespace dwconv
