// Compiled for AVX2 and FMA.
#include "simd/planar_levels.hpp"

#include "simd/planar_lines.hpp"

namespace dwconv::simd {

const PlanarKernels planar_lines_avx2 = {"avx2", lanes, nullptr, run_lines};

}  // namespace dwconv::simd
