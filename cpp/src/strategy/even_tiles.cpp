#include "strategy/even_tiles.hpp"

#include <algorithm>

#include "ceil_div.hpp"

namespace dwconv::strategy {

std::int64_t work_of(std::int64_t bytes, std::int64_t taps) {
    constexpr std::int64_t taps_of_a_move = 16;
    return bytes + bytes / taps_of_a_move * taps;
}

std::int64_t even_size(const Items& items, std::int64_t most, std::int64_t threads) {
    const auto time = [&](std::int64_t size) {
        const std::int64_t tiles = ceil_div(items.images * ceil_div(items.count, size), threads);
        return tiles * (items.bytes * size + cost_of_tile);
    };
    std::int64_t best = std::clamp<std::int64_t>(most, 1, items.count);
    std::int64_t least = time(best);
    for (std::int64_t size = best; size >= 1; --size) {
        // Of the sizes that make as many tiles the smallest: of a long row few are left.
        size = ceil_div(items.count, ceil_div(items.count, size));
        const std::int64_t taken = time(size);
        if (taken >= least) continue;
        best = size;
        least = taken;
    }
    return best;
}

}  // namespace dwconv::strategy
