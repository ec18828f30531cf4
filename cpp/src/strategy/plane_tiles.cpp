#include "strategy/plane_tiles.hpp"

#include <algorithm>

#include "ceil_div.hpp"
#include "strategy/tiles_wanted.hpp"

namespace dwconv::strategy {

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
