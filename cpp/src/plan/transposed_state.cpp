#include "plan/transposed_state.hpp"

#include "plan/lift.hpp"
#include "plan/run.hpp"

namespace dwconv {

PlanKey TransposedOperands::key(const PlanOptions& options) const {
    require_no_choice(options, "gradients and transposed convolution");
    PlanKey key = {request_of(operands.problem, options)};
    key.pass = pass;
    key.input = {};
    // Those of a single dimension are lifted, as the problem is.
    if (src_shape.size() == rank_of_lines) key.input.push_back(1);
    for (std::size_t i = 2; i < src_shape.size(); ++i) key.input.push_back(src_shape[i]);
    return key;
}

TransposedState::TransposedState(const TransposedOperands& operands, const PlanOptions& options)
    : forms_(operands.forms),
      key_(operands.key(options)),
      strategy_(cached<strategy::Strategy>(key_)),
      memory_(strategy_->packed_size()),
      packed_(strategy_->pack(operands.operands.weights, operands.operands.bias, memory_.data())),
      weights_(operands.operands.weights),
      bias_(operands.operands.bias) {}

void TransposedState::execute(const TensorView& src, const MutableTensorView& dst) const {
    forms_.require(src, dst);
    if (key_.request.problem.batch == 0) return;
    if (is_for(key_, src, dst)) {
        run(*strategy_, src, packed_, dst);
    } else {
        const auto other = cached_plan(key_for(key_, src, dst));
        pack_and_run(other, weights_.view(), bias_.view(), src, {}, dst);
    }
}

void run_once(const TransposedOperands& operands, const TensorView& src,
              const MutableTensorView& dst, const PlanOptions& options) {
    operands.forms.require(src, dst);
    const PlanKey key = key_for(operands.key(options), src, dst);
    const auto prepared = cached_plan(key);
    if (key.request.problem.batch == 0) return;
    pack_and_run(prepared, operands.operands.weights, operands.operands.bias, src, {}, dst);
}

}  // namespace dwconv
