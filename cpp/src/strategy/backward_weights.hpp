#pragma once

#include <memory>
#include <string>

#include "dwconv/tensor_view.hpp"
#include "dwconv/types.hpp"
#include "strategy/strategy.hpp"

namespace dwconv::strategy {

/// A way of making the gradient of one problem by its weights and bias. Immutable; any number of
/// threads may use it.
class BackwardWeights : public Prepared {
public:
    virtual StrategyKind kind() const noexcept = 0;
    virtual std::string implementation() const = 0;
    /// `src` and `diff_dst` have the shapes of the problem's source and destination;
    /// `diff_weights` is {channels, multiplier, kernel…}, and `diff_bias` {channels · multiplier}
    /// where the problem has a bias. Both are written in full.
    virtual void run(const TensorView& src, const TensorView& diff_dst,
                     const MutableTensorView& diff_weights,
                     const MutableTensorView& diff_bias) const = 0;
};

/// The memory orders of the request are those of the source and of the gradient that is given.
std::unique_ptr<const BackwardWeights> make_backward_weights(const Request& request);

}  // namespace dwconv::strategy
