#pragma once

#include "simd/rates.hpp"

namespace dwconv::simd {

// One function per instruction set.

RateKernels rate_kernels_baseline() noexcept;
RateKernels rate_kernels_avx2() noexcept;
RateKernels rate_kernels_avx512() noexcept;

}  // namespace dwconv::simd
