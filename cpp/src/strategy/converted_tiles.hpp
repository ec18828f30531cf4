#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "strategy/axis.hpp"
#include "strategy/strategy.hpp"
#include "strategy/tile_grid.hpp"

namespace dwconv::strategy {

/// A block of the destination's plane, or volume: two of its dimensions are cut, the others whole.
struct PlaneBlock {
    AxisBlock outer;
    AxisBlock inner;

    bool is_padding() const noexcept { return outer.is_padding() || inner.is_padding(); }
    bool same_shape(const PlaneBlock& other) const noexcept {
        return outer.same_shape(other.outer) && inner.same_shape(other.inner);
    }
};

/// Which spatial dimensions those are; the same one twice where but one is cut.
struct CutAxes {
    std::size_t outer;
    std::size_t inner;
};

/// Channels last where source and destination are, else planes.
MemoryOrder tile_order(const Request& request);

/// A box of the destination that is convolved in float32, and where it is.
struct ConvertedTile {
    Range images;
    Range channels;  ///< of the source
    PlaneBlock block;
    std::size_t cell;
};

/// What makes the tiles of the same channels that are alike.
struct ConvertedCell {
    /// In float32, dense, without the types of the whole. Without meaning where the block is made
    /// of padding.
    Problem problem;
    Range channels;  ///< of the source
    PlaneBlock block;
};

/// A depthwise problem cut into tiles that stay in the cache as float32, source and destination
/// together: images, channels, and blocks along the outermost spatial dimension that is not a
/// single one, and along the innermost where a row is long.
class ConvertedGrid {
public:
    /// `problem` is normalized; `order` that of the tiles.
    ConvertedGrid(const Problem& problem, MemoryOrder order, int threads);

    std::int64_t size() const noexcept;
    ConvertedTile tile(std::int64_t index) const;
    const std::vector<ConvertedCell>& cells() const noexcept { return cells_; }
    const CutAxes& axes() const noexcept { return axes_; }
    /// Floats of the largest tile.
    std::int64_t largest_src() const noexcept { return largest_src_; }
    std::int64_t largest_dst() const noexcept { return largest_dst_; }

private:
    void add_cell(std::int64_t images, const Range& channels, const PlaneBlock& block);

    Problem problem_;
    CutAxes axes_;
    std::vector<Range> images_;
    std::vector<Range> channels_;
    std::vector<PlaneBlock> blocks_;
    /// For each block, the number of its shape among the different ones.
    std::vector<std::size_t> block_shape_;
    std::size_t block_shapes_ = 0;
    std::vector<ConvertedCell> cells_;
    std::int64_t largest_src_ = 0;
    std::int64_t largest_dst_ = 0;
};

}  // namespace dwconv::strategy
