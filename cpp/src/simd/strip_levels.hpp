#pragma once

#include "simd/strip.hpp"

namespace dwconv::simd {

// All that the files compiled for one instruction set each export.

extern const StripKernels strip_baseline;
extern const StripKernels strip_avx2;
extern const StripKernels strip_avx512;

}  // namespace dwconv::simd
