#pragma once

#include <cstdint>

namespace dwconv {

/// Whether none of the values is infinite or NaN.
bool all_finite(const float* values, std::int64_t count) noexcept;

}  // namespace dwconv
