#pragma once

#include <cstddef>

namespace dwconv::strategy {

inline constexpr std::size_t floats_of_line = 16;

/// Packed weights, biases and rows begin at multiples of a cache line.
template <class Integer>
constexpr Integer rounded_to_line(Integer floats) noexcept {
    constexpr auto line = static_cast<Integer>(floats_of_line);
    return (floats + line - 1) / line * line;
}

}  // namespace dwconv::strategy
