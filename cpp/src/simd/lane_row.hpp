#pragma once

// Activations of whole rows in memory. See lanes.hpp on linkage.

#include "simd/fused_activation.hpp"
#include "simd/lane_activation.hpp"
#include "simd/lane_clamp.hpp"

namespace dwconv::simd {
namespace {

/// Replaces `count` numbers by their activation, of any kind.
inline void activate_row(const FusedActivation& fused, float* data, std::int64_t count) {
    if (!fused.clamps) {
        activate(fused.activation, data, count);
        return;
    }
    const Clamp<true> clamp(fused);
    apply(data, count, [&](Floats values) { return clamp(values); });
}

}  // namespace
}  // namespace dwconv::simd
