#pragma once

#include <cstdint>

namespace dwconv {

/// a / b rounded up, of positive numbers.
constexpr std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

/// Steps of so much that it takes to go so far; none where that is backwards.
constexpr std::int64_t steps_to(std::int64_t distance, std::int64_t step) {
    return distance <= 0 ? 0 : ceil_div(distance, step);
}

}  // namespace dwconv
