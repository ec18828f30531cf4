#pragma once

#include <cstdint>

namespace dwconv {

/// a / b rounded up, of positive numbers.
constexpr std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

}  // namespace dwconv
