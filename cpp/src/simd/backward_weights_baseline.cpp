// Compiled for any processor.
#include "simd/backward_weights_blocks.hpp"
#include "simd/backward_weights_levels.hpp"
#include "simd/backward_weights_moves.hpp"

namespace dwconv::simd {

const WeightsKernels weights_baseline = weights_kernels("baseline");

}  // namespace dwconv::simd
