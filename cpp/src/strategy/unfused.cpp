#include "onednn/scratch.hpp"
#include "strategy/cache_line.hpp"
#include "strategy/residual.hpp"
#include "strategy/separable.hpp"

namespace dwconv::strategy {

namespace {

std::unique_ptr<const Strategy> make_step(const Problem& problem, MemoryOrder src, MemoryOrder dst,
                                          int threads) {
    return make_strategy({problem, src, dst, threads}, StrategyKind::automatic);
}

/// One after the other, with the whole result of each in memory for the next.
class Unfused final : public Separable {
public:
    explicit Unfused(const SeparableRequest& request)
        : between_(request.between_order()),
          residual_(request.residual),
          threads_(request.depthwise.threads),
          expanded_shape_(request.depthwise.problem.src_shape()),
          between_shape_(request.depthwise.problem.dst_shape()),
          depthwise_(make_step(request.depthwise.problem,
                               request.expand ? between_ : request.depthwise.src_order, between_,
                               threads_)),
          pointwise_(make_step(request.pointwise, between_, request.depthwise.dst_order, threads_)),
          pointwise_offset_(rounded_to_line(depthwise_->packed_size())),
          expand_offset_(pointwise_offset_ + rounded_to_line(pointwise_->packed_size())) {
        if (request.expand) {
            expand_ = make_step(*request.expand, request.depthwise.src_order, between_, threads_);
        }
    }

    StrategyKind kind() const noexcept override { return StrategyKind::unfused; }
    std::string implementation() const override {
        const std::string both = depthwise_->implementation() + ", " + pointwise_->implementation();
        return expand_ ? expand_->implementation() + ", " + both : both;
    }
    std::size_t packed_size() const noexcept override {
        return expand_offset_ + (expand_ ? expand_->packed_size() : 0);
    }

    PackedSeparable pack(const SeparableViews& weights, float* packed) const override {
        return {depthwise_->pack(weights.depthwise, weights.depthwise_bias, packed),
                pointwise_->pack(weights.pointwise, weights.bias, packed + pointwise_offset_),
                expand_
                    ? expand_->pack(weights.expand, weights.expand_bias, packed + expand_offset_)
                    : PackedWeights{}};
    }

    void run(const TensorView& src, const PackedSeparable& weights,
             const MutableTensorView& dst) const override {
        onednn::Scratch& scratch = onednn::thread_scratch();
        const MutableTensorView between = view_of(scratch.between, between_shape_);
        if (expand_) {
            const MutableTensorView expanded = view_of(scratch.expanded, expanded_shape_);
            expand_->run(src, weights.expand, expanded);
            depthwise_->run(expanded, weights.depthwise, between);
        } else {
            depthwise_->run(src, weights.depthwise, between);
        }
        pointwise_->run(between, weights.pointwise, dst);
        if (residual_) add_array(src, dst, threads_);
    }

private:
    MutableTensorView view_of(onednn::ScratchBuffer& buffer, const Dims& shape) const {
        MutableTensorView view(buffer.reserve(static_cast<std::size_t>(element_count(shape))),
                               shape);
        if (between_ == MemoryOrder::channels_last) view.strides = channels_last_strides(shape);
        return view;
    }

    MemoryOrder between_;
    bool residual_;
    int threads_;
    Dims expanded_shape_;
    Dims between_shape_;
    std::unique_ptr<const Strategy> expand_;
    std::unique_ptr<const Strategy> depthwise_;
    std::unique_ptr<const Strategy> pointwise_;
    std::size_t pointwise_offset_;
    std::size_t expand_offset_;
};

}  // namespace

std::unique_ptr<const Separable> make_unfused(const SeparableRequest& request) {
    return std::make_unique<Unfused>(request);
}

}  // namespace dwconv::strategy
