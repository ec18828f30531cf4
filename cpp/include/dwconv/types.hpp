#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "dwconv/export.hpp"

namespace dwconv {

/// The type of an array's elements.
enum class DataType : std::uint8_t {
    float32,
    float16,   ///< IEEE 754 binary16
    bfloat16,  ///< the upper half of a float32
    int8,
    uint8,
    int32,  ///< of results and biases alone
};

/// Whether it is int8, uint8 or int32.
constexpr bool is_integer(DataType dtype) noexcept { return dtype >= DataType::int8; }

/// A way of running a convolution; `automatic` leaves the choice to the library.
enum class StrategyKind : std::uint8_t {
    automatic,
    direct,     ///< channels-last memory handed to oneDNN as it is
    tiled,      ///< gathered tile by tile into the cache, convolved there and scattered
    planar,     ///< the project's own kernels on dense memory as it is
    converted,  ///< other types than float32: converted tile by tile, and convolved in float32
    reordered,  ///< oneDNN's own choice of layouts, whole tensors reordered around it
    fused,      ///< separable: band by band, the depthwise result staying in the cache
    unfused,    ///< separable: one convolution after the other
};

/// How the elements of an array lie in memory, whatever the names of its dimensions.
enum class MemoryOrder : std::uint8_t {
    channels_first,  ///< dense, width fastest: NCHW, NCW
    channels_last,   ///< dense, channels fastest: NHWC, NWC
    strided,         ///< any other
};

/// The size of one element in bytes.
DWCONV_EXPORT std::size_t size_of(DataType dtype) noexcept;

/// "float32", as NumPy calls it.
DWCONV_EXPORT std::string_view to_string(DataType dtype) noexcept;
DWCONV_EXPORT std::string_view to_string(StrategyKind strategy) noexcept;
DWCONV_EXPORT std::string_view to_string(MemoryOrder order) noexcept;

/// A strategy by its name; `automatic`, being no strategy, has none here.
/// @throws InvalidArgument for any other name
DWCONV_EXPORT StrategyKind parse_strategy(std::string_view name);

/// A type by its name.
/// @throws InvalidArgument for any other name
DWCONV_EXPORT DataType parse_data_type(std::string_view name);

}  // namespace dwconv
