#pragma once

#include <cstdint>
#include <limits>

#include "dwconv/problem.hpp"

namespace dwconv {

/// No size, distance or padding that a real array can have comes near this; below it, sums and
/// products of two of them cannot overflow.
inline constexpr std::int64_t size_limit = std::numeric_limits<std::int32_t>::max();

inline bool is_size(std::int64_t value) noexcept { return value >= 1 && value <= size_limit; }

/// @throws InvalidArgument where the number of elements times their size is no address offset
void require_addressable(const char* argument, const Dims& shape);

/// @throws InvalidArgument where flops() has no number for so many operations, which would take
///         months
void require_countable(const Problem& problem);

}  // namespace dwconv
