#pragma once

#include <cstdint>

#include "simd/fused_activation.hpp"
#include "simd/level.hpp"

namespace dwconv::simd {

/// to[i] = activation(to[i] + from[i]); no memory overlaps.
using Add = void (*)(const float* from, float* to, std::int64_t count,
                     const FusedActivation& activation);

Add add_for(Level level) noexcept;

/// "add:avx2"
const char* add_name(Level level) noexcept;

}  // namespace dwconv::simd
