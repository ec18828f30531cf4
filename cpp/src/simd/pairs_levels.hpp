#pragma once

#include "simd/pairs.hpp"

namespace dwconv::simd {

extern const PairKernels pairs_avx2;

}  // namespace dwconv::simd
