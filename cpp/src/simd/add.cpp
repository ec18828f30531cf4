#include "simd/add.hpp"

#include "simd/add_levels.hpp"

namespace dwconv::simd {

Add add_for(Level level) noexcept {
    switch (level) {
        case Level::baseline:
            break;
        case Level::avx2:
            return add_avx2();
        case Level::avx512:
            return add_avx512();
    }
    return add_baseline();
}

const char* add_name(Level level) noexcept {
    switch (level) {
        case Level::baseline:
            break;
        case Level::avx2:
            return "add:avx2";
        case Level::avx512:
            return "add:avx512";
    }
    return "add:baseline";
}

}  // namespace dwconv::simd
