#include "plan/block.hpp"

#include "dwconv/errors.hpp"

namespace dwconv {

strategy::SeparableViews BlockOperands::views() const {
    strategy::SeparableViews views = {
        depthwise.weights, depthwise.bias, pointwise.weights, pointwise.bias, {}, {}};
    if (expand) {
        views.expand = expand->weights;
        views.expand_bias = expand->bias;
    }
    return views;
}

ArrayForms BlockOperands::forms() const {
    return {(expand ? *expand : depthwise).problem.src_shape(), pointwise.problem.dst_shape()};
}

PlanKey BlockOperands::key(const PlanOptions& options) const {
    if (options.tune) {
        throw Unsupported({"tune", "false for a separable convolution", "true"});
    }
    PlanKey key = {request_of(depthwise.problem, options), options.strategy};
    key.pointwise = pointwise.problem;
    if (expand) key.expand = expand->problem;
    key.residual = residual;
    return key;
}

void pack_and_run(const PlanKey& key, const strategy::SeparableViews& weights,
                  const TensorView& src, const MutableTensorView& dst) {
    const auto strategy = cached<strategy::Separable>(key);
    if (key.request.problem.batch == 0) return;
    float* const memory = onednn::thread_scratch().weights.reserve(strategy->packed_size());
    strategy->run(src, strategy->pack(weights, memory), dst);
}

BlockState::BlockState(const BlockOperands& operands, const PlanOptions& options)
    : forms_(operands.forms()),
      key_(operands.key(options)),
      strategy_(cached<strategy::Separable>(key_)),
      memory_(strategy_->packed_size()),
      packed_(strategy_->pack(operands.views(), memory_.data())),
      depthwise_(operands.depthwise.weights),
      depthwise_bias_(operands.depthwise.bias),
      pointwise_(operands.pointwise.weights),
      bias_(operands.pointwise.bias),
      expand_(operands.views().expand),
      expand_bias_(operands.views().expand_bias) {}

strategy::SeparableViews BlockState::views() const {
    return {depthwise_.view(), depthwise_bias_.view(), pointwise_.view(),
            bias_.view(),      expand_.view(),         expand_bias_.view()};
}

void BlockState::execute(const TensorView& src, const MutableTensorView& dst) const {
    forms_.require(src, dst);
    if (key_.request.problem.batch == 0) return;
    if (is_for(key_, src, dst)) {
        strategy_->run(src, packed_, dst);
    } else {
        pack_and_run(key_for(key_, src, dst), views(), src, dst);
    }
}

}  // namespace dwconv
