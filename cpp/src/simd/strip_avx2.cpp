// Compiled for AVX2 and FMA.
#include "simd/strip_levels.hpp"

#include "simd/strip_depthwise.hpp"
#include "simd/strip_mix.hpp"

namespace dwconv::simd {

const StripKernels strip_avx2 = {"avx2", lanes, mix_panel, mix_pixels, depthwise_strip, mix_strip};

}  // namespace dwconv::simd
