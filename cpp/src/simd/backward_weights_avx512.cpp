// Compiled for AVX-512 F, BW, DQ and VL.
#include "simd/backward_weights_blocks.hpp"
#include "simd/backward_weights_levels.hpp"
#include "simd/backward_weights_moves.hpp"

namespace dwconv::simd {

const WeightsKernels weights_avx512 = weights_kernels("avx512");

}  // namespace dwconv::simd
