#pragma once

// Files that are compiled for a newer processor include this; see lanes.hpp on linkage.

#include <cstdint>

namespace dwconv::simd {
namespace {

/// std::clamp() would be a function that such files share.
constexpr std::int64_t clamp_to(std::int64_t value, std::int64_t low, std::int64_t high) {
    return value < low ? low : value > high ? high : value;
}

}  // namespace
}  // namespace dwconv::simd
