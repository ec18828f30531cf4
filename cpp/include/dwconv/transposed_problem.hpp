#pragma once

#include <cstdint>
#include <string>

#include "dwconv/export.hpp"
#include "dwconv/problem.hpp"

namespace dwconv {

/// A transposed depthwise convolution: each element of the source adds the kernel, times itself, to
/// the destination,
///
///     dst[n, c·M + m, i·stride - low + k·dilation] += src[n, c, i] · weights[c, m, k]
///
/// where i and k run over the spatial dimensions, and then come bias and activation. Its
/// destination has the shape of the source of a convolution, and its source that of the
/// destination.
struct TransposedProblem {
    /// Stride, dilation and padding are those of the convolution; `spatial` is the size of what is
    /// the source here. Without groups.
    Problem depthwise;
    /// Elements more at the end of each dimension of the destination, fewer than the stride or than
    /// the dilation: sizes between which the convolution makes no difference. Empty means none.
    Dims output_padding;

    /// @throws InvalidArgument (naming src, weights, stride, dilation, padding or output_padding)
    ///         or Unsupported where the fields do not describe what can be computed.
    DWCONV_EXPORT void validate() const;

    /// (in - 1) · stride - low - high + (kernel - 1) · dilation + output_padding + 1
    DWCONV_EXPORT Dims output_spatial() const;
    /// {batch, channels · multiplier, output spatial…}
    DWCONV_EXPORT Dims dst_shape() const;
    /// 2 · |src| · multiplier · |kernel|; products that padding takes away count too.
    DWCONV_EXPORT std::int64_t flops() const;
    /// Bytes of source, weights, bias and destination, each counted once.
    DWCONV_EXPORT std::int64_t nbytes() const;
};

/// "transposed:" and the text of `depthwise`, then "+o" and the output padding where there is any.
DWCONV_EXPORT std::string to_string(const TransposedProblem& problem);

/// The padding of the convolution by that rule. By `same_upper` and `same_lower` the destination
/// has in · stride elements, which sets `output_padding` too; it has to be none before.
/// @throws InvalidArgument naming `padding` or `output_padding`
DWCONV_EXPORT TransposedProblem padded_by(PaddingRule rule, const TransposedProblem& problem);

}  // namespace dwconv
