#include "strategy/tiles_wanted.hpp"

#include <algorithm>

#include "ceil_div.hpp"
#include "dwconv/tensor_view.hpp"

namespace dwconv::strategy {

namespace {

/// Some 10 µs of work, where handing a tile to another thread costs about one.
constexpr std::int64_t smallest_tile = 200 * 1000;
constexpr std::int64_t tiles_per_thread = 4;

}  // namespace

std::int64_t tiles_wanted(std::int64_t work, std::int64_t threads) noexcept {
    if (threads == 1) return 1;
    const std::int64_t tiles =
        std::clamp<std::int64_t>(work / smallest_tile, 1, threads * tiles_per_thread);
    return tiles <= threads ? tiles : ceil_div(tiles, threads) * threads;
}

std::int64_t work_of(const Problem& problem) {
    const std::int64_t outputs = element_count(problem.dst_shape());
    return outputs * element_count(problem.kernel) +
           4 * (outputs + element_count(problem.src_shape()));
}

}  // namespace dwconv::strategy
