#pragma once

#include <cstdint>

#include "dwconv/tensor_view.hpp"
#include "strategy/converted_tiles.hpp"

namespace dwconv::strategy {

/// Where the tiles of a grid lie in whole arrays, seen with their dimensions in the order of the
/// tiles.
class TileViews {
public:
    /// `order` is that of the tiles, `multiplier` that of the problem.
    TileViews(const CutAxes& axes, MemoryOrder order, std::int64_t multiplier)
        : axes_(axes), order_(order), multiplier_(multiplier) {}

    TensorView src(const TensorView& whole, const ConvertedTile& tile) const;
    MutableTensorView dst(const MutableTensorView& whole, const ConvertedTile& tile) const;
    /// Of what is added to the destination.
    TensorView add(const TensorView& whole, const ConvertedTile& tile) const;

private:
    template <class View>
    View of_dst(const View& whole, const ConvertedTile& tile) const;

    CutAxes axes_;
    MemoryOrder order_;
    std::int64_t multiplier_;
};

}  // namespace dwconv::strategy
