#include "simd/strip.hpp"

#include <limits>

#include "simd/strip_levels.hpp"

namespace dwconv::simd {

StripActivation::StripActivation(const Activation& a) : activation(a) {
    // Leaky relu without a leak is relu, where 0 · inf would make it NaN.
    if (a.kind == ActivationKind::relu ||
        (a.kind == ActivationKind::leaky_relu && a.alpha == 0.0f)) {
        clamps = true;
        upper = std::numeric_limits<float>::infinity();
    } else if (a.kind == ActivationKind::clip) {
        clamps = true;
        lower = a.alpha;
        upper = a.beta;
    }
}

const StripKernels* strip_kernels_for(Level level, std::int64_t channels,
                                      std::int64_t outputs) noexcept {
    const auto fits = [&](const StripKernels& kernels) {
        return channels % kernels.lanes == 0 && outputs % kernels.lanes == 0;
    };
    if (level == Level::avx512 && fits(strip_avx512)) return &strip_avx512;
    if (level != Level::baseline && fits(strip_avx2)) return &strip_avx2;
    return fits(strip_baseline) ? &strip_baseline : nullptr;
}

}  // namespace dwconv::simd
