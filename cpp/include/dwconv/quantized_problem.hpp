#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dwconv/export.hpp"
#include "dwconv/problem.hpp"

namespace dwconv {

/// What the integers of a quantized convolution stand for: (integer - zero_point) · scale.
struct Quantization {
    float src_scale = 1.0f;
    std::int32_t src_zero_point = 0;
    /// One for all channels of the destination, or one each.
    std::vector<float> weights_scale = {1.0f};
    /// As weights_scale.
    std::vector<std::int32_t> weights_zero_point = {0};
    float dst_scale = 1.0f;
    std::int32_t dst_zero_point = 0;

    /// src_scale · weights_scale / dst_scale for a channel of the destination, in float32: what
    /// sums are multiplied by.
    DWCONV_EXPORT float multiplier(std::int64_t channel) const noexcept;
    std::int32_t weights_zero(std::int64_t channel) const noexcept {
        return weights_zero_point[weights_zero_point.size() == 1
                                      ? 0
                                      : static_cast<std::size_t>(channel)];
    }

    DWCONV_EXPORT bool operator==(const Quantization& other) const noexcept;
    bool operator!=(const Quantization& other) const noexcept { return !(*this == other); }
};

/// A depthwise convolution of integers that stand for real numbers, as ONNX's QLinearConv:
///
///     dst = saturate(round(sum · multiplier) + dst_zero_point)
///     sum = bias + Σ (src - src_zero_point) · (weights - weights_zero_point)
///
/// The sum is exact and then rounded to float32; it is multiplied in float32, and the product
/// rounded to the nearest integer, ties to even. Padding is src_zero_point.
struct QuantizedProblem {
    /// Of int8 or uint8 throughout, without groups and activation. The bias is of int32, in units
    /// of src_scale · weights_scale.
    Problem depthwise;
    Quantization quantization;

    /// @throws InvalidArgument, InvalidType (naming a field of the problem or of the quantization)
    ///         or Unsupported where the fields do not describe what can be computed.
    DWCONV_EXPORT void validate() const;

    std::int64_t flops() const { return depthwise.flops(); }
    std::int64_t nbytes() const { return depthwise.nbytes(); }

    bool operator==(const QuantizedProblem& other) const noexcept {
        return depthwise == other.depthwise && quantization == other.quantization;
    }
    bool operator!=(const QuantizedProblem& other) const noexcept { return !(*this == other); }
};

/// "quantized:" and the text of `depthwise`.
DWCONV_EXPORT std::string to_string(const QuantizedProblem& problem);

}  // namespace dwconv
