#pragma once

// Functions of whole vectors, to a few units in the last place. NaN gives NaN. See lanes.hpp on
// linkage.

#include "simd/lanes.hpp"

namespace dwconv::simd {
namespace {

/// 2^n for n from -126 to 127.
inline Floats power_of_two(Ints n) { return reinterpret_cast<Floats>((n + 127) << 23); }

/// An argument of exp(), taken apart: x = n ln 2 + r with |r| <= ln 2 / 2.
struct ReducedExponent {
    /// 2^n as a product of two, since n may be too much for one.
    Floats scale, scale_too;
    Floats expm1;  ///< exp(r) - 1

    explicit ReducedExponent(Floats x) {
        // Beyond these exp() is 0 and infinite.
        const Floats low = splat(-104.0f);
        const Floats high = splat(89.0f);
        x = x < low ? low : x;
        x = x > high ? high : x;
        // Adding this number moves the integer part to the end of the significand.
        const Floats shifter = splat(12582912.0f);
        const Floats shifted = x * 1.44269504f + shifter;
        const Floats n = shifted - shifter;
        const Ints integer = reinterpret_cast<Ints>(shifted) - reinterpret_cast<Ints>(shifter);
        scale = power_of_two(integer >> 1);
        scale_too = power_of_two(integer - (integer >> 1));
        // ln 2 in two parts, of which the first has few enough bits for an exact product.
        const Floats r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
        // The series of exp(r) - 1; the next term is below 6e-9.
        Floats sum = splat(1.0f / 5040.0f);
        sum = sum * r + 1.0f / 720.0f;
        sum = sum * r + 1.0f / 120.0f;
        sum = sum * r + 1.0f / 24.0f;
        sum = sum * r + 1.0f / 6.0f;
        sum = sum * r + 0.5f;
        expm1 = r + r * r * sum;
    }
};

inline Floats exp(Floats x) {
    const ReducedExponent reduced(x);
    return (reduced.expm1 + 1.0f) * reduced.scale * reduced.scale_too;
}

/// exp(x) - 1 for x below 80, with all digits near 0 too.
inline Floats expm1(Floats x) {
    const ReducedExponent reduced(x);
    const Floats scale = reduced.scale * reduced.scale_too;
    return reduced.expm1 * scale + (scale - 1.0f);
}

inline Floats sigmoid(Floats x) { return 1.0f / (1.0f + exp(-x)); }

inline Floats tanh(Floats x) {
    // From 10 on it is 1 in float; e / (e + 2) with e = exp(2 x) - 1 has all digits near 0.
    const Floats limit = splat(10.0f);
    x = x > limit ? limit : x;
    x = x < -limit ? -limit : x;
    const Floats e = expm1(2.0f * x);
    return e / (e + 2.0f);
}

/// (1 + erf(x / √2)) / 2, the normal distribution, to 1e-7 absolute: Abramowitz and Stegun 7.1.26.
inline Floats normal_distribution(Floats x) {
    const Floats z = (x < 0.0f ? -x : x) * 0.707106781f;
    const Floats t = 1.0f / (1.0f + 0.3275911f * z);
    Floats sum = splat(1.061405429f);
    sum = sum * t - 1.453152027f;
    sum = sum * t + 1.421413741f;
    sum = sum * t - 0.284496736f;
    sum = sum * t + 0.254829592f;
    const Floats tail = 0.5f * sum * t * exp(-z * z);
    return x < 0.0f ? tail : 1.0f - tail;
}

}  // namespace
}  // namespace dwconv::simd
