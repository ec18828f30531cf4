#pragma once

// See requantize.hpp, and lanes.hpp on linkage.

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "simd/lane_bits.hpp"
#include "simd/requantize.hpp"

namespace dwconv::simd {
namespace {

DWCONV_INLINE Floats requantized(Floats value, Floats multiplier, float zero) {
    // Beyond both types, whatever the zero point; and within int32, so that it can be rounded.
    constexpr float most = 1024.0f;
    Floats product = value * multiplier;
    product = product > most ? splat(most) : product;
    product = product < -most ? splat(-most) : product;
    return to_floats(to_ints(product)) + zero;
}

/// Calls `change` with the values of each vector and its first index; the last may be a part.
template <class Change>
DWCONV_INLINE void change_all(float* values, std::int64_t count, const Change& change) {
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        store(values + i, change(load(values + i), load, i));
    }
    if (i == count) return;
    const std::int64_t some = count - i;
    const auto load_some = [some](const float* from) { return load_part(from, some); };
    store_part(values + i, change(load_some(values + i), load_some, i), some);
}

void shift(float* values, std::int64_t count, float by) {
    change_all(values, count, [by](Floats value, const auto&, std::int64_t) { return value - by; });
}

void requantize_channel(float* values, std::int64_t count, float multiplier, float zero) {
    change_all(values, count, [=](Floats value, const auto&, std::int64_t) {
        return requantized(value, splat(multiplier), zero);
    });
}

void requantize_pixels(float* values, std::int64_t pixels, const float* multipliers,
                       std::int64_t channels, float zero) {
    for (std::int64_t pixel = 0; pixel < pixels; ++pixel) {
        change_all(values + pixel * channels, channels,
                   [=](Floats value, const auto& read, std::int64_t i) {
                       return requantized(value, read(multipliers + i), zero);
                   });
    }
}

constexpr Requantize requantize_loops = {shift, requantize_channel, requantize_pixels};

}  // namespace
}  // namespace dwconv::simd
