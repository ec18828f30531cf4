#pragma once

// See lanes.hpp on linkage.

#include "simd/fused_activation.hpp"
#include "simd/lanes.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

/// Clamps vectors, or leaves them alone.
template <bool Clamps>
class Clamp {
public:
    explicit Clamp(const FusedActivation& activation)
        : lower_(splat(activation.lower)), upper_(splat(activation.upper)) {}

    DWCONV_INLINE Floats operator()(Floats v) const {
        if constexpr (!Clamps) return v;
        // In the order in which the instructions for maximum and minimum let NaN be.
        v = lower_ > v ? lower_ : v;
        return upper_ < v ? upper_ : v;
    }

private:
    Floats lower_;
    Floats upper_;
};

}  // namespace
}  // namespace dwconv::simd
