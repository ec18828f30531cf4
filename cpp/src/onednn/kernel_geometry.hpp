#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "dwconv/activation.hpp"

namespace dwconv::onednn {

/// One number for the height and one for the width.
using Pair = std::array<std::int64_t, 2>;

/// The memory layouts that a kernel is asked for.
enum class Layouts : std::uint8_t {
    channels_last,  ///< source and destination nhwc: where oneDNN's depthwise kernels are fast
    any,            ///< left to oneDNN
    mixed,          ///< source nhwc, destination nchw, which only oneDNN's reference code takes
};

/// One convolution as oneDNN is to see it: a whole problem, or a tile of one.
struct KernelGeometry {
    std::int64_t batch = 1;
    std::int64_t channels = 1;
    std::int64_t group_channels = 1;  ///< source channels of a group; 1: depthwise
    std::int64_t multiplier = 1;      ///< destination channels of a group
    Pair input{};
    Pair output{};
    Pair kernel{};
    Pair stride{};
    Pair dilation{};
    Pair pad_low{};
    Pair pad_high{};
    bool bias = false;
    Activation activation;
    Layouts layouts = Layouts::channels_last;

    std::int64_t groups() const noexcept { return channels / group_channels; }
    std::int64_t out_channels() const noexcept { return groups() * multiplier; }
    bool is_depthwise() const noexcept { return group_channels == 1; }

    bool operator==(const KernelGeometry& other) const noexcept {
        return batch == other.batch && channels == other.channels &&
               group_channels == other.group_channels && multiplier == other.multiplier &&
               input == other.input && output == other.output && kernel == other.kernel &&
               stride == other.stride && dilation == other.dilation && pad_low == other.pad_low &&
               pad_high == other.pad_high && bias == other.bias && activation == other.activation &&
               layouts == other.layouts;
    }
};

}  // namespace dwconv::onednn
