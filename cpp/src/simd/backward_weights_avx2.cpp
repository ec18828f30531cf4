// Compiled for AVX2 and FMA.
#include "simd/backward_weights_blocks.hpp"
#include "simd/backward_weights_levels.hpp"
#include "simd/backward_weights_moves.hpp"

namespace dwconv::simd {

const WeightsKernels weights_avx2 = weights_kernels("avx2");

}  // namespace dwconv::simd
