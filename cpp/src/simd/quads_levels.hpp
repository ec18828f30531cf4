#pragma once

#include "simd/quads.hpp"

namespace dwconv::simd {

extern const QuadKernels quads_avx2;
extern const QuadKernels quads_avx512;

}  // namespace dwconv::simd
