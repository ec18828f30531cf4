#include "simd/convert.hpp"

#include "simd/convert_levels.hpp"

namespace dwconv::simd {

namespace {

/// All processors with AVX2 that we know of have it.
bool has_f16c() noexcept {
    static const bool has = __builtin_cpu_supports("f16c") != 0;
    return has;
}

Level usable(Level level) noexcept {
    return level == Level::avx2 && !has_f16c() ? Level::baseline : level;
}

}  // namespace

Conversions conversions_for(DataType dtype, Level level) noexcept {
    switch (usable(level)) {
        case Level::baseline:
            break;
        case Level::avx2:
            return conversions_avx2(dtype);
        case Level::avx512:
            return conversions_avx512(dtype);
    }
    return conversions_baseline(dtype);
}

std::string_view conversions_name(Level level) noexcept {
    switch (usable(level)) {
        case Level::baseline:
            break;
        case Level::avx2:
            return "convert:avx2";
        case Level::avx512:
            return "convert:avx512";
    }
    return "convert:baseline";
}

}  // namespace dwconv::simd
