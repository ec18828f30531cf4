#pragma once

#include "simd/transposed.hpp"

namespace dwconv::simd {

// All that the files compiled for one instruction set each export.

extern const TransposedKernels transposed_baseline;
extern const TransposedKernels transposed_avx2;
extern const TransposedKernels transposed_avx512;

}  // namespace dwconv::simd
