#include "simd/strip.hpp"

#include "simd/strip_levels.hpp"

namespace dwconv::simd {

const StripKernels* strip_kernels_for(Level level, std::int64_t channels,
                                      std::int64_t outputs) noexcept {
    const auto fits = [&](const StripKernels& kernels) {
        return channels % kernels.lanes == 0 && outputs % kernels.lanes == 0;
    };
    if (level == Level::avx512 && fits(strip_avx512)) return &strip_avx512;
    if (level != Level::baseline) return fits(strip_avx2) ? &strip_avx2 : nullptr;
    return fits(strip_baseline) ? &strip_baseline : nullptr;
}

}  // namespace dwconv::simd
