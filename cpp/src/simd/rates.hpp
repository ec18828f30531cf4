#pragma once

#include <cstdint>

#include "simd/level.hpp"

namespace dwconv::simd {

/// What shows how fast a processor can be: kernels that do one thing and nothing else.
struct RateKernels {
    /// Does `rounds` rounds of multiply-adds in registers and returns a number that depends on
    /// each.
    float (*multiply_add)(std::int64_t rounds);
    /// Operations in one round; a multiply-add counts as two.
    std::int64_t operations_per_round;
    /// Reads all of `src`, writes all of `dst`: copies as far as both go, then reads or fills what
    /// is left of the longer one. Ordinary loads and stores; returns a number that depends on the
    /// elements that were only read.
    float (*copy)(const float* src, std::int64_t src_size, float* dst, std::int64_t dst_size);
};

RateKernels rate_kernels_for(Level level) noexcept;

}  // namespace dwconv::simd
