#pragma once

#include <cstdint>

namespace dwconv::strategy {

/// What a strategy makes of a problem.
enum class Pass : std::uint8_t {
    forward,
    backward_data,     ///< the gradient by its source, of that by its destination
    transposed,        ///< the same with the multiplier's channels apart: a source of `channels`
    backward_weights,  ///< the gradient by its weights
    quantized          ///< forward, of integers with scales and zero points
};

}  // namespace dwconv::strategy
