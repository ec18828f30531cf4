// Compiled for any processor.
#include "simd/strip_levels.hpp"

#include "simd/strip_depthwise.hpp"
#include "simd/strip_mix.hpp"

namespace dwconv::simd {

const StripKernels strip_baseline = {"baseline", lanes,           mix_panel,
                                     mix_pixels, depthwise_strip, mix_strip};

}  // namespace dwconv::simd
