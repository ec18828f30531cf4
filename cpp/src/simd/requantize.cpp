#include "simd/requantize.hpp"

#include "simd/requantize_levels.hpp"

namespace dwconv::simd {

Requantize requantize_for(Level level) noexcept {
    switch (level) {
        case Level::baseline:
            break;
        case Level::avx2:
            return requantize_avx2();
        case Level::avx512:
            return requantize_avx512();
    }
    return requantize_baseline();
}

}  // namespace dwconv::simd
