// Compiled for AVX-512 F, BW, DQ and VL.
#include "simd/planar_levels.hpp"

#include "simd/planar_rows.hpp"

namespace dwconv::simd {

const PlanarKernels planar_avx512 = {"avx512", lanes, blocks_for, run_planar};

}  // namespace dwconv::simd
