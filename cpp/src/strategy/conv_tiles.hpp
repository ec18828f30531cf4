#pragma once

#include "strategy/strategy.hpp"
#include "strategy/tile_grid.hpp"

namespace dwconv::strategy {

/// True for a convolution that is a product of matrices: one tap, no stride, no padding.
bool is_pointwise(const Problem& problem) noexcept;

/// A pointwise problem on dense channels-last arrays as one column of all their pixels, which can
/// be cut anywhere.
Problem as_one_column(const Problem& problem);

/// A pointwise problem on dense planes as one column of pixels an image.
Problem as_columns(const Problem& problem);

/// How a general convolution on channels-last memory is shared out: whole images where there are
/// enough of them, else bands of rows.
TileSize direct_conv_tiles(const Request& request);

/// The same with tiles that are gathered and scattered, and so are to fit into the cache.
TileSize gathered_conv_tiles(const Request& request);

}  // namespace dwconv::strategy
