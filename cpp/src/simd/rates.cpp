#include "simd/rates.hpp"

#include "simd/rates_levels.hpp"

namespace dwconv::simd {

RateKernels rate_kernels_for(Level level) noexcept {
    return level == Level::baseline ? rate_kernels_baseline() : rate_kernels_avx2();
}

}  // namespace dwconv::simd
