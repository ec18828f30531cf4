#pragma once

#include <cstdint>

#include "dwconv/problem.hpp"

namespace dwconv::strategy {

/// How many tiles to cut this much work into, in multiply-adds and what moving elements is worth of
/// them: as many for each thread, if there are that many.
std::int64_t tiles_wanted(std::int64_t work, std::int64_t threads) noexcept;

/// Of a depthwise problem: multiply-adds, and elements of source and destination at 4 each.
std::int64_t work_of(const Problem& problem);

}  // namespace dwconv::strategy
