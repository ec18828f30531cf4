#pragma once

#include <memory>
#include <string>

#include "strategy/strategy.hpp"

namespace dwconv::strategy {

/// What a separable strategy is made for: the depthwise request, with the destination's order being
/// that of the 1×1 convolution, and this.
struct SeparableRequest {
    Request depthwise;
    Problem pointwise;  ///< normalized and valid

    /// The 1×1 convolution with what lies between in the given order.
    Request pointwise_from(MemoryOrder between) const;
};

struct SeparableViews {
    TensorView depthwise;
    TensorView depthwise_bias;
    TensorView pointwise;
    TensorView bias;
};

struct PackedSeparable {
    PackedWeights depthwise;
    PackedWeights pointwise;
};

/// One way of running a separable convolution; otherwise as Strategy.
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
