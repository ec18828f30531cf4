#pragma once

#include "simd/planar_shape.hpp"

namespace dwconv::simd {

// All that the files compiled for one instruction set each export.

extern const PlanarKernels planar_baseline;
extern const PlanarKernels planar_avx2;
extern const PlanarKernels planar_avx512;

// For shapes with chains of taps.

extern const PlanarKernels planar_lines_baseline;
extern const PlanarKernels planar_lines_avx2;
extern const PlanarKernels planar_lines_avx512;

}  // namespace dwconv::simd
