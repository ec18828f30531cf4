#include "simd/repeat.hpp"

#include "simd/repeat_levels.hpp"

namespace dwconv::simd {

Repeat repeat_for(Level level) noexcept {
    return level == Level::baseline ? repeat_baseline : repeat_avx2;
}

}  // namespace dwconv::simd
