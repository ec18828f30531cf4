#pragma once

// Included once by each file that is compiled for an instruction set; see transpose_blocks.hpp on
// linkage. `Vector` is a compiler's vector type of floats.

#include <cstdint>
#include <cstring>

#include "simd/rates.hpp"

namespace dwconv::simd {
namespace {

template <class Vector>
inline constexpr std::int64_t lanes = static_cast<std::int64_t>(sizeof(Vector) / sizeof(float));

/// Sums that do not wait for each other: no processor has a product of latency and units above 10.
constexpr int chains = 12;

/// The compiler may not know what `value` is from here on, so it cannot work anything out
/// beforehand.
template <class Vector>
inline void forget(Vector& value) {
    asm volatile("" : "+x"(value));
}

template <class Vector>
inline float sum_of(Vector vector) {
    float sum = 0.0f;
    for (std::int64_t lane = 0; lane < lanes<Vector>; ++lane) sum += vector[lane];
    return sum;
}

/// `MultiplyAdd()(a, b, c)` is a · b + c.
template <class Vector, class MultiplyAdd>
float multiply_add_rounds(std::int64_t rounds) {
    Vector sums[chains];
    Vector factor = Vector{} + 0.5f;
    Vector term = Vector{} + 1.0f;
    forget(factor);
    forget(term);
    for (Vector& sum : sums) {
        sum = Vector{};
        forget(sum);
    }
    for (std::int64_t round = 0; round < rounds; ++round) {
        for (Vector& sum : sums) sum = MultiplyAdd()(sum, factor, term);
    }
    Vector total = Vector{};
    for (const Vector& sum : sums) total += sum;
    return sum_of(total);
}

template <class Vector>
inline Vector load(const float* src) {
    Vector vector;
    std::memcpy(&vector, src, sizeof vector);
    return vector;
}

template <class Vector>
float copy_loop(const float* src, std::int64_t src_size, float* dst, std::int64_t dst_size) {
    constexpr std::int64_t step = 4 * lanes<Vector>;
    const std::int64_t both = src_size < dst_size ? src_size : dst_size;
    std::int64_t i = 0;
    for (; i + step <= both; i += step) {
        const Vector a = load<Vector>(src + i);
        const Vector b = load<Vector>(src + i + lanes<Vector>);
        const Vector c = load<Vector>(src + i + 2 * lanes<Vector>);
        const Vector d = load<Vector>(src + i + 3 * lanes<Vector>);
        std::memcpy(dst + i, &a, sizeof a);
        std::memcpy(dst + i + lanes<Vector>, &b, sizeof b);
        std::memcpy(dst + i + 2 * lanes<Vector>, &c, sizeof c);
        std::memcpy(dst + i + 3 * lanes<Vector>, &d, sizeof d);
    }
    for (; i < both; ++i) dst[i] = src[i];
    const Vector one = Vector{} + 1.0f;
    for (; i + lanes<Vector> <= dst_size; i += lanes<Vector>)
        std::memcpy(dst + i, &one, sizeof one);
    for (; i < dst_size; ++i) dst[i] = 1.0f;
    Vector sums[4] = {};
    std::int64_t r = both;
    for (; r + step <= src_size; r += step) {
        for (int part = 0; part < 4; ++part)
            sums[part] += load<Vector>(src + r + part * lanes<Vector>);
    }
    float rest = 0.0f;
    for (; r < src_size; ++r) rest += src[r];
    return rest + sum_of((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

template <class Vector, class MultiplyAdd>
RateKernels rate_kernels() noexcept {
    return {multiply_add_rounds<Vector, MultiplyAdd>, 2 * chains * lanes<Vector>,
            copy_loop<Vector>};
}

}  // namespace
}  // namespace dwconv::simd
