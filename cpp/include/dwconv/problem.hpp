#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "dwconv/activation.hpp"
#include "dwconv/export.hpp"
#include "dwconv/inline_vector.hpp"
#include "dwconv/types.hpp"

namespace dwconv {

/// The most spatial dimensions that a Problem can describe.
inline constexpr std::size_t max_spatial = 3;

/// Elements taken for zero before the first and after the last one of a dimension.
struct Padding {
    std::int64_t low = 0;
    std::int64_t high = 0;

    friend bool operator==(Padding a, Padding b) noexcept {
        return a.low == b.low && a.high == b.high;
    }
    friend bool operator!=(Padding a, Padding b) noexcept { return !(a == b); }
};

using Paddings = InlineVector<Padding, max_spatial>;

/// What is to be computed: a depthwise convolution (cross-correlation: the kernel is not flipped),
///
///     conv[n, c·M + m, o] = Σ_k src[n, c, o·stride - low + k·dilation] · weights[c, m, k]
///
///     dst = act(scale · (conv + bias) + shift + add)
///
/// where o and k run over the spatial dimensions and elements outside the source count as
/// nothing; or, with `groups` below the number of channels, a general one, in which each group of
/// channels / groups channels makes M outputs, each the sum over the group's channels c:
///
///     conv[n, g·M + m, o] = Σ_c Σ_k src[n, g·C/groups + c, …] · weights[g·M + m, c, k]
///
/// Bias, scale and shift are numbers for each channel of the destination, and `add` is an array of
/// its shape: the order of the epilogue is bias, scale and shift, add, activation, each of which
/// may be missing. A plain value: fill in the fields, then make a Plan of it.
struct Problem {
    std::int64_t batch = 1;
    std::int64_t channels = 1;
    /// Groups of channels that are convolved apart; 0 for one each channel: depthwise convolution.
    std::int64_t groups = 0;
    /// M, output channels per group; in depthwise convolution, per input channel.
    std::int64_t multiplier = 1;
    /// Size of the source, one entry per spatial dimension: {height, width}, {width} alone, or
    /// {depth, height, width}.
    Dims spatial;
    /// Size of the kernel: {kh, kw}, {k}, or {kd, kh, kw}.
    Dims kernel;
    /// Empty means 1 in each dimension.
    Dims stride;
    /// Distance between taps, 1 for a dense kernel. Empty means 1 in each dimension.
    Dims dilation;
    /// Empty means none.
    Paddings padding;
    bool bias = false;
    /// They are multiplied into weights and bias beforehand, in float32; sums of integers then are
    /// not exact.
    bool scale = false;
    bool shift = false;
    /// An array of the destination's shape and type is added, in float32 (to exact sums of
    /// integers, in double precision), before the result is rounded.
    bool add = false;
    Activation activation;
    /// Of a depthwise convolution float32, float16, bfloat16, int8 or uint8; else float32.
    DataType src_dtype = DataType::float32;
    /// That of the source; with int8 or uint8 either of them.
    DataType weights_dtype = DataType::float32;
    /// With float16 or bfloat16 the same or float32; with float32 any of the three; with int8 and
    /// uint8 either of them, int32 or float32. Sums are those of float32 (of integers, exact), and
    /// rounded once, to nearest even; integers saturate.
    DataType dst_dtype = DataType::float32;

    /// @throws InvalidArgument, InvalidType (naming src, groups, weights, stride, dilation,
    ///         padding, dst, out_dtype, activation or its alpha or beta) or Unsupported
    ///         where the fields do not describe a convolution that can be computed.
    DWCONV_EXPORT void validate() const;

    /// The same problem with stride, dilation and padding written out and `groups` 0 where it is
    /// depthwise, so that problems that are the same compare equal.
    DWCONV_EXPORT Problem normalized() const;

    bool is_depthwise() const noexcept { return groups == 0 || groups == channels; }
    /// The number of groups; that of channels in depthwise convolution.
    std::int64_t group_count() const noexcept { return groups == 0 ? channels : groups; }
    /// Source channels of a group; 1 in depthwise convolution.
    std::int64_t group_channels() const noexcept { return groups == 0 ? 1 : channels / groups; }
    /// Channels of the destination.
    std::int64_t out_channels() const noexcept { return group_count() * multiplier; }

    /// Size of the destination, one entry per spatial dimension.
    DWCONV_EXPORT Dims output_spatial() const;
    /// {batch, channels, spatial…}
    DWCONV_EXPORT Dims src_shape() const;
    /// Depthwise {channels, multiplier, kernel…}, else {out_channels, group_channels, kernel…}
    DWCONV_EXPORT Dims weights_shape() const;
    /// {batch, out_channels, output spatial…}
    DWCONV_EXPORT Dims dst_shape() const;

    /// 2 · batch · out_channels · group_channels · |output| · |kernel|: a multiply-add counts as
    /// two operations and taps in the padding count too.
    DWCONV_EXPORT std::int64_t flops() const;
    /// Bytes of source, weights, bias, scale and shift (4 an element), `add` and destination, each
    /// counted once.
    DWCONV_EXPORT std::int64_t nbytes() const;

    DWCONV_EXPORT bool operator==(const Problem& other) const noexcept;
    bool operator!=(const Problem& other) const noexcept { return !(*this == other); }
};

/// One line that says it all, as "n1c32i112x112k3x3p1" or
/// "n8c16m2i28x28k5x3s2x1d1x2p2:1x0+bias+clip(0,6)" or "n1c32i56x56k3x3p1+scale+shift+add+relu" or
/// "n1c32g1m64i56x56k1x1" or, in one dimension,
/// "n8c256i1000k31p15", in three "n2c64i16x56x56k3x3x3p1", or, with other types than float32,
/// "n1c32i56x56k3x3p1+bfloat16", "…+uint8*int8>int32" (source * weights > destination, those that
/// are the source's left out): sizes by letter
/// (n batch, c channels, g groups, m multiplier, i input, k kernel, s stride, d dilation, p padding
/// with low:high), those that have their default value left out, one number where all dimensions
/// have the same.
DWCONV_EXPORT std::string to_string(const Problem& problem);

/// The inverse of `to_string(const Problem&)`.
/// @throws InvalidArgument for a text that is not of that form, naming `problem` or, for what is no
///         activation either, `activation`, `alpha` or `beta`.
DWCONV_EXPORT Problem parse_problem(std::string_view text);

/// A padding that follows from the problem's other fields, such that the output has
/// ceil(input / stride) elements. In all,
///
///     max((ceil(in / stride) - 1) · stride + (kernel - 1) · dilation + 1 - in, 0)
///
/// are `same`, and (kernel - 1) · dilation are `causal`.
enum class PaddingRule : std::uint8_t {
    same_upper,  ///< the odd element at the end: TensorFlow's SAME, ONNX's SAME_UPPER
    same_lower,  ///< the odd element at the beginning
    causal       ///< all before the first element: an output sees none of the inputs after it
};

/// @throws InvalidArgument naming `padding`, for `causal` with more than one spatial dimension
DWCONV_EXPORT Paddings padding_by(PaddingRule rule, const Problem& problem);

}  // namespace dwconv

template <>
struct std::hash<dwconv::Problem> {
    DWCONV_EXPORT std::size_t operator()(const dwconv::Problem& problem) const noexcept;
};
