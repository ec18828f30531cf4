#pragma once

#include <memory>
#include <optional>
#include <string>

#include "strategy/strategy.hpp"

namespace dwconv::strategy {

/// What a separable strategy is made for: the depthwise request, with the orders being those of the
/// first source and the last destination, and this.
struct SeparableRequest {
    Request depthwise;
    Problem pointwise;  ///< normalized and valid
    /// The 1×1 convolution before the depthwise one, in an inverted residual block.
    std::optional<Problem> expand;
    /// The source is added to the result; their shapes are the same.
    bool residual = false;

    /// The shape of the source of it all.
    Dims src_shape() const { return expand ? expand->src_shape() : depthwise.problem.src_shape(); }
    /// Both arrays are dense channels-last.
    bool is_channels_last() const noexcept {
        return depthwise.src_order == MemoryOrder::channels_last &&
               depthwise.dst_order == MemoryOrder::channels_last;
    }
    /// The order of what lies between, where that is a whole array: planes, if the depthwise
    /// convolution is of the source and that is planes.
    MemoryOrder between_order() const noexcept {
        return !expand && depthwise.src_order == MemoryOrder::channels_first
                   ? MemoryOrder::channels_first
                   : MemoryOrder::channels_last;
    }
};

struct SeparableViews {
    TensorView depthwise;
    TensorView depthwise_bias;
    TensorView pointwise;
    TensorView bias;
    TensorView expand;
    TensorView expand_bias;
};

struct PackedSeparable {
    PackedWeights depthwise;
    PackedWeights pointwise;
    PackedWeights expand;
};

/// One way of running a separable convolution, or an inverted residual block; otherwise as
/// Strategy.
class Separable : public Prepared {
public:
    virtual StrategyKind kind() const noexcept = 0;
    virtual std::string implementation() const = 0;
    virtual std::size_t packed_size() const noexcept = 0;
    virtual PackedSeparable pack(const SeparableViews& weights, float* packed) const = 0;
    virtual void run(const TensorView& src, const PackedSeparable& weights,
                     const MutableTensorView& dst) const = 0;
};

/// @throws Unsupported where oneDNN has no fast kernels for it.
std::unique_ptr<const Separable> make_fused(const SeparableRequest& request);
std::unique_ptr<const Separable> make_unfused(const SeparableRequest& request);

/// The strategy that `kind` names; for `automatic`, the better one.
std::unique_ptr<const Separable> make_separable(const SeparableRequest& request, StrategyKind kind);

}  // namespace dwconv::strategy
