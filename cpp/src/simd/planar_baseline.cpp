// Compiled for any processor.
#include "simd/planar_levels.hpp"

#include "simd/planar_rows.hpp"

namespace dwconv::simd {

const PlanarKernels planar_baseline = {"baseline", lanes, blocks_for, run_planar};

}  // namespace dwconv::simd
