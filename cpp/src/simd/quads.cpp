#include "simd/quads.hpp"

#include "simd/quads_levels.hpp"

namespace dwconv::simd {

const QuadKernels* quad_kernels_for(Level level, bool has_vnni) noexcept {
    if (level == Level::baseline) return nullptr;
    return level == Level::avx512 && has_vnni ? &quads_avx512 : &quads_avx2;
}

}  // namespace dwconv::simd
