#include "simd/transposed.hpp"

#include "simd/transposed_levels.hpp"

namespace dwconv::simd {

const TransposedKernels& transposed_kernels_for(Level level) noexcept {
    if (level == Level::baseline) return transposed_baseline;
    return level == Level::avx2 ? transposed_avx2 : transposed_avx512;
}

}  // namespace dwconv::simd
