#include "simd/backward_weights.hpp"

#include "simd/backward_weights_levels.hpp"

namespace dwconv::simd {

const WeightsKernels& weights_kernels_for(Level level) noexcept {
    if (level == Level::baseline) return weights_baseline;
    return level == Level::avx2 ? weights_avx2 : weights_avx512;
}

}  // namespace dwconv::simd
