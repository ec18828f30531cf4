// Compiled for AVX-512 F, BW, DQ and VL.
#include "simd/planar_levels.hpp"

#include "simd/planar_lines.hpp"

namespace dwconv::simd {

const PlanarKernels planar_lines_avx512 = {"avx512", lanes, nullptr, run_lines};

}  // namespace dwconv::simd
