#pragma once

// Where addresses are in their cache lines. See lanes.hpp on linkage.

#include <cstdint>

namespace dwconv::simd {

/// Floats of a cache line.
inline constexpr std::int64_t line_floats = 16;

namespace {

inline std::int64_t bytes_into_cache_line(const float* at) {
    constexpr auto line = static_cast<std::uintptr_t>(line_floats) * sizeof(float);
    return static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(at) % line);
}

/// How many floats of its cache line are before an element.
inline std::int64_t floats_into_cache_line(const float* at) {
    return bytes_into_cache_line(at) / static_cast<std::int64_t>(sizeof(float));
}

}  // namespace
}  // namespace dwconv::simd
