#include "simd/fused_activation.hpp"

#include <limits>

namespace dwconv::simd {

FusedActivation::FusedActivation(const Activation& a) : activation(a) {
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

}  // namespace dwconv::simd
