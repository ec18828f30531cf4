#pragma once

#include <cstddef>

#include "onednn/scratch.hpp"
#include "plan/operands.hpp"

namespace dwconv {

// Scale and shift are no work of a strategy: scale · (Σ src · w + b) + shift is a convolution with
// other weights, Σ src · (scale · w) + (scale · b + shift).

/// A problem with all that it has for each channel, checked.
struct ConvOperands {
    Operands plain;  ///< their problem is the one that was asked for
    TensorView scale;
    TensorView shift;

    /// @throws InvalidArgument, InvalidType, Unsupported
    ConvOperands(const Problem& problem, const ConvWeights& weights);

    /// Without scale and shift. Where there is one, weights and bias are now of float32, each
    /// number of them rounded once, and lie in `memory`.
    Operands folded(onednn::ScratchBuffer& memory) const;
};

}  // namespace dwconv
