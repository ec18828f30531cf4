#pragma once

#include <cstdint>

#include "simd/level.hpp"

namespace dwconv::simd {

/// What stands before and behind a convolution of quantized numbers, on floats in place.
struct Requantize {
    /// values[i] -= by
    void (*shift)(float* values, std::int64_t count, float by);
    /// values[i] = round(values[i] * multiplier) + zero, to nearest, ties to even; where that is
    /// beyond int8 and uint8, another number beyond them.
    void (*channel)(float* values, std::int64_t count, float multiplier, float zero);
    /// The same for pixels of as many channels, each with a multiplier.
    void (*pixels)(float* values, std::int64_t pixels, const float* multipliers,
                   std::int64_t channels, float zero);
};

Requantize requantize_for(Level level) noexcept;

}  // namespace dwconv::simd
