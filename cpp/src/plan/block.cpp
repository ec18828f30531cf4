#include "plan/block.hpp"

#include "dense_copy.hpp"
#include "dwconv/errors.hpp"

namespace dwconv {

namespace {

std::shared_ptr<const strategy::Separable> cached(const PlanKey& key) {
    return std::static_pointer_cast<const strategy::Separable>(cached_plan(key));
}

}  // namespace

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
    const auto strategy = cached(key);
    if (key.request.problem.batch == 0) return;
    float* const memory = onednn::thread_scratch().weights.reserve(strategy->packed_size());
    strategy->run(src, strategy->pack(weights, memory), dst);
}

PlanKey key_for(const PlanKey& key, const TensorView& src, const MutableTensorView& dst) {
    PlanKey other = key;
    other.request.src_order = memory_order(src);
    other.request.dst_order = memory_order(dst);
    return other;
}

DenseCopy::DenseCopy(const TensorView& view)
    : memory_(view.data == nullptr ? 0 : static_cast<std::size_t>(element_count(view.shape))) {
    if (view.data == nullptr) return;
    copy_in_c_order(view, memory_.data());
    view_ = {memory_.data(), view.shape};
}

BlockState::BlockState(const BlockOperands& operands, const PlanOptions& options)
    : forms_(operands.forms()),
      key_(operands.key(options)),
      strategy_(cached(key_)),
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
    const PlanKey key = key_for(key_, src, dst);
    if (key == key_) {
        strategy_->run(src, packed_, dst);
    } else {
        pack_and_run(key, views(), src, dst);
    }
}

}  // namespace dwconv
