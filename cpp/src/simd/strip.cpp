#include "simd/strip.hpp"

#include "simd/strip_levels.hpp"

namespace dwconv::simd {

namespace {

/// Weights of the 1×1 half with which kernels of half a vector are still better than oneDNN's of a
/// whole one.
constexpr std::int64_t most_weights_for_half_vectors = 32 * 32;

}  // namespace

const StripKernels* strip_kernels_for(Level level, std::int64_t channels,
                                      std::int64_t outputs) noexcept {
    const auto fits = [&](const StripKernels& kernels) {
        return channels % kernels.lanes == 0 && outputs % kernels.lanes == 0;
    };
    if (level == Level::baseline) return fits(strip_baseline) ? &strip_baseline : nullptr;
    if (level == Level::avx512) {
        if (fits(strip_avx512)) return &strip_avx512;
        if (channels * outputs > most_weights_for_half_vectors) return nullptr;
    }
    return fits(strip_avx2) ? &strip_avx2 : nullptr;
}

}  // namespace dwconv::simd
