#pragma once

#include <cstdint>
#include <string>

#include "dwconv/export.hpp"
#include "dwconv/separable_problem.hpp"

namespace dwconv {

/// The inverted residual block of MobileNetV2: a 1×1 convolution to more channels, and a separable
/// one of its result. The source may be added to that.
struct InvertedResidualProblem {
    /// Channels of the source; those of `separable.depthwise` are the expanded ones, and the batch
    /// and the size are the source's.
    std::int64_t channels = 1;
    /// Of the first 1×1 convolution.
    bool expand_bias = false;
    Activation expand_activation;
    SeparableProblem separable;
    /// Add the source to the result, after its activation.
    bool residual = false;

    /// The first 1×1 convolution.
    DWCONV_EXPORT Problem expand() const;
    /// @throws InvalidArgument or Unsupported where a part cannot be computed; InvalidArgument
    ///         naming `residual` where the source has another shape than the result.
    DWCONV_EXPORT void validate() const;
    /// Of the three convolutions.
    DWCONV_EXPORT std::int64_t flops() const;
    /// Bytes of source, weights, biases and destination; what lies between is not counted.
    DWCONV_EXPORT std::int64_t nbytes() const;
};

/// The number of channels, bias and activation of the first convolution, '>', the text of the
/// separable one, and whether the source is added:
/// "16+bias+clip(0,6)>n1c96i56x56k3x3p1+bias+clip(0,6)>16+bias+src".
DWCONV_EXPORT std::string to_string(const InvertedResidualProblem& problem);

}  // namespace dwconv
