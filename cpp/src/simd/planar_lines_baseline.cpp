// Compiled for any processor.
#include "simd/planar_levels.hpp"

#include "simd/planar_lines.hpp"

namespace dwconv::simd {

const PlanarKernels planar_lines_baseline = {"baseline", lanes, nullptr, run_lines};

}  // namespace dwconv::simd
