#pragma once

#include "dwconv/activation.hpp"

namespace dwconv::simd {

/// An activation as the kernels see it: most are a clamp, which sums meet in registers.
struct FusedActivation {
    Activation activation;
    /// It is a clamp to these bounds.
    bool clamps = false;
    float lower = 0.0f;
    float upper = 0.0f;

    FusedActivation() = default;
    explicit FusedActivation(const Activation& activation);
};

}  // namespace dwconv::simd
