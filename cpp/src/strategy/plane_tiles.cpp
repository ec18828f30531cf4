#include "strategy/plane_tiles.hpp"

#include <algorithm>

#include "ceil_div.hpp"

namespace dwconv::strategy {

namespace {

/// Some 10 µs of multiply-adds, where handing a tile to another thread takes about one.
constexpr std::int64_t smallest_tile = 200 * 1000;
constexpr std::int64_t tiles_per_thread = 4;

std::int64_t tiles_wanted(std::int64_t work, std::int64_t threads) {
    if (threads == 1) return 1;
    const std::int64_t tiles =
        std::clamp<std::int64_t>(work / smallest_tile, 1, threads * tiles_per_thread);
    return tiles <= threads ? tiles : ceil_div(tiles, threads) * threads;
}

}  // namespace

PlaneTiles::PlaneTiles(const Sizes& sizes, std::int64_t threads)
    : all_planes_(sizes.planes), rows_(sizes.rows) {
    const std::int64_t wanted = tiles_wanted(sizes.work, threads);
    const std::int64_t planes = std::max<std::int64_t>(all_planes_, 1);
    planes_ = ceil_div(planes, wanted);
    const std::int64_t even = ceil_div(rows_, ceil_div(wanted, planes));
    const std::int64_t most = std::max(sizes.most_rows / sizes.block, std::int64_t{1});
    band_ = std::min(ceil_div(even, sizes.block), most) * sizes.block;
    bands_ = ceil_div(rows_, band_);
    count_ = ceil_div(all_planes_, planes_) * bands_;
}

PlanePart PlaneTiles::part(std::int64_t tile) const noexcept {
    const std::int64_t plane = tile / bands_ * planes_;
    const std::int64_t row = tile % bands_ * band_;
    return {plane, std::min(plane + planes_, all_planes_), row, std::min(row + band_, rows_)};
}

}  // namespace dwconv::strategy
