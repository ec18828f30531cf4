#include "strategy/weights_tiles.hpp"

#include <algorithm>

#include "ceil_div.hpp"

namespace dwconv::strategy {

namespace {

/// Some 10 µs of multiply-adds, where handing a tile to another thread takes about one.
constexpr std::int64_t smallest_tile = 100 * 1000;
constexpr std::int64_t tiles_per_thread = 4;

}  // namespace

WeightsTiles::WeightsTiles(const Sizes& sizes, std::int64_t threads) : sizes_(sizes) {
    const std::int64_t most = threads == 1 ? 1 : threads * tiles_per_thread;
    std::int64_t tiles = std::clamp<std::int64_t>(sizes.work / smallest_tile, 1, most);
    if (tiles > threads) tiles = ceil_div(tiles, threads) * threads;
    groups_ = std::min(ceil_div(tiles, sizes.parts), sizes.units);
}

}  // namespace dwconv::strategy
