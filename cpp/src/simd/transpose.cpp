#include "simd/transpose.hpp"

#include "simd/transpose_levels.hpp"

namespace dwconv::simd {

Transpose transpose_for(Level level) noexcept {
    return level == Level::avx2 ? transpose_avx2 : transpose_baseline;
}

}  // namespace dwconv::simd
