#pragma once

#include "dwconv/tensor_view.hpp"
#include "simd/repeat.hpp"
#include "simd/transpose.hpp"
#include "strategy/tile_grid.hpp"

namespace dwconv::strategy {

/// Copies between arrays with any strides and dense channels-last tiles.
class TileCopy {
public:
    /// `multiplier`: how often a source channel is repeated for a depthwise kernel.
    explicit TileCopy(std::int64_t multiplier);

    /// Elements that gather() writes for a kernel of `lanes` channels, and those it needs besides
    /// while it works; both at `to`.
    std::size_t gather_size(const Tile& tile, std::int64_t lanes) const noexcept;

    /// Collects the source of a tile as {images, rows, columns, lanes}: lane i is the i-th
    /// source channel of the tile, each repeated; lanes without one are zero.
    void gather(const TensorView& src, const Tile& tile, std::int64_t lanes, float* to) const;

    /// Spreads a tile's result {images, rows, columns, lanes} over the destination.
    void scatter(const float* from, const Tile& tile, std::int64_t lanes,
                 const MutableTensorView& dst) const;

private:
    simd::Transpose transpose_;
    simd::Repeat repeat_;
    std::int64_t multiplier_;
};

}  // namespace dwconv::strategy
