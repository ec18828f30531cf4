#include "simd/pairs.hpp"

#include "simd/pairs_levels.hpp"

namespace dwconv::simd {

const PairKernels* pair_kernels_for(Level level, bool has_vnni) noexcept {
    return level == Level::baseline || has_vnni ? nullptr : &pairs_avx2;
}

}  // namespace dwconv::simd
