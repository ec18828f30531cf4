// Compiled for AVX-512 F, BW, DQ and VL.
#include "simd/strip_levels.hpp"

#include "simd/strip_depthwise.hpp"
#include "simd/strip_mix.hpp"

namespace dwconv::simd {

const StripKernels strip_avx512 = {"avx512",   lanes,           mix_panel,
                                   mix_pixels, depthwise_strip, mix_strip};

}  // namespace dwconv::simd
