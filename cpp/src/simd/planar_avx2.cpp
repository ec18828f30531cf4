// Compiled for AVX2 and FMA.
#include "simd/planar_levels.hpp"

#include "simd/planar_rows.hpp"

namespace dwconv::simd {

const PlanarKernels planar_avx2 = {"avx2", lanes, blocks_for, run_planar};

}  // namespace dwconv::simd
