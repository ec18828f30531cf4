#pragma once

#include <cstdint>
#include <string>

#include "dwconv/export.hpp"
#include "dwconv/problem.hpp"

namespace dwconv {

/// A depthwise convolution, and the 1×1 convolution of its result to any number of channels. Each
/// has a bias and an activation of its own.
struct SeparableProblem {
    Problem depthwise;
    /// Channels of the destination.
    std::int64_t outputs = 1;
    /// Of the 1×1 convolution.
    bool bias = false;
    Activation activation;

    /// The 1×1 convolution of the depthwise result.
    DWCONV_EXPORT Problem pointwise() const;
    /// @throws InvalidArgument or Unsupported where either cannot be computed.
    DWCONV_EXPORT void validate() const;
    /// Of both.
    DWCONV_EXPORT std::int64_t flops() const;
    /// Bytes of source, weights, biases and destination; what lies between the two is not counted.
    DWCONV_EXPORT std::int64_t nbytes() const;
};

/// The depthwise problem's text, then '>', the number of outputs, bias and activation:
/// "n1c32i112x112k3x3p1+clip(0,6)>64+bias".
DWCONV_EXPORT std::string to_string(const SeparableProblem& problem);

}  // namespace dwconv
