// Compiled for AVX2.
#include "simd/pair_pixels.hpp"
#include "simd/pair_planes.hpp"
#include "simd/pairs_levels.hpp"

namespace dwconv::simd {

const PairKernels pairs_avx2 = {"avx2", convolve_planes, convolve_pixels};

}  // namespace dwconv::simd
