#pragma once

#include <cstdint>

namespace dwconv::strategy {

/// How many tiles to cut this much work into, in multiply-adds and what moving elements is worth of
/// them: as many for each thread, if there are that many.
std::int64_t tiles_wanted(std::int64_t work, std::int64_t threads) noexcept;

}  // namespace dwconv::strategy
