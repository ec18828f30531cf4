#include "onednn/scratch.hpp"
#include "strategy/separable.hpp"
#include "strategy/weights_packing.hpp"

namespace dwconv::strategy {

namespace {

/// The order of what lies between: that of the source, if it is dense.
MemoryOrder between_order(const Request& request) {
    return request.src_order == MemoryOrder::channels_first ? MemoryOrder::channels_first
                                                            : MemoryOrder::channels_last;
}

Request depthwise_to(const Request& request, MemoryOrder between) {
    Request depthwise = request;
    depthwise.dst_order = between;
    return depthwise;
}

/// One after the other, with the whole depthwise result in memory between the two.
class Unfused final : public Separable {
public:
    explicit Unfused(const SeparableRequest& request)
        : between_(between_order(request.depthwise)),
          shape_(request.depthwise.problem.dst_shape()),
          depthwise_(
              make_strategy(depthwise_to(request.depthwise, between_), StrategyKind::automatic)),
          pointwise_(make_strategy(request.pointwise_from(between_), StrategyKind::automatic)),
          pointwise_offset_(rounded_to_line(depthwise_->packed_size())) {}

    StrategyKind kind() const noexcept override { return StrategyKind::unfused; }
    std::string implementation() const override {
        return depthwise_->implementation() + ", " + pointwise_->implementation();
    }
    std::size_t packed_size() const noexcept override {
        return pointwise_offset_ + pointwise_->packed_size();
    }

    PackedSeparable pack(const SeparableViews& weights, float* packed) const override {
        return {depthwise_->pack(weights.depthwise, weights.depthwise_bias, packed),
                pointwise_->pack(weights.pointwise, weights.bias, packed + pointwise_offset_)};
    }

    void run(const TensorView& src, const PackedSeparable& weights,
             const MutableTensorView& dst) const override {
        const auto size = static_cast<std::size_t>(element_count(shape_));
        MutableTensorView between(onednn::thread_scratch().between.reserve(size), shape_);
        if (between_ == MemoryOrder::channels_last) {
            between.strides = channels_last_strides(shape_);
        }
        depthwise_->run(src, weights.depthwise, between);
        pointwise_->run(between, weights.pointwise, dst);
    }

private:
    MemoryOrder between_;
    Dims shape_;
    std::unique_ptr<const Strategy> depthwise_;
    std::unique_ptr<const Strategy> pointwise_;
    std::size_t pointwise_offset_;
};

}  // namespace

std::unique_ptr<const Separable> make_unfused(const SeparableRequest& request) {
    return std::make_unique<Unfused>(request);
}

}  // namespace dwconv::strategy
