#pragma once

#include "simd/backward_weights.hpp"

namespace dwconv::simd {

// All that the files compiled for one instruction set each export.

extern const WeightsKernels weights_baseline;
extern const WeightsKernels weights_avx2;
extern const WeightsKernels weights_avx512;

}  // namespace dwconv::simd
