#include "simd/transpose.hpp"

#include "simd/transpose_levels.hpp"

namespace dwconv::simd {

Transpose transpose_for(Level level) noexcept {
    return level == Level::baseline ? transpose_baseline : transpose_avx2;
}

}  // namespace dwconv::simd
