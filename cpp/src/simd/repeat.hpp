#pragma once

#include <cstdint>

#include "simd/level.hpp"

namespace dwconv::simd {

/// to[i · times + m] = from[i] for i < count, m < times. The two do not overlap.
using Repeat = void (*)(const float* from, std::int64_t count, std::int64_t times, float* to);

Repeat repeat_for(Level level) noexcept;

}  // namespace dwconv::simd
