#include "simd/rates.hpp"

#include "simd/rates_levels.hpp"

namespace dwconv::simd {

RateKernels rate_kernels_for(Level level) noexcept {
    if (level == Level::baseline) return rate_kernels_baseline();
    return level == Level::avx2 ? rate_kernels_avx2() : rate_kernels_avx512();
}

}  // namespace dwconv::simd
