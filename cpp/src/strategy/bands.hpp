#pragma once

#include "strategy/separable.hpp"
#include "strategy/tile_grid.hpp"

namespace dwconv::strategy {

/// Bands of rows for a fused separable convolution: small enough to stay in the cache, and such
/// that the threads finish together.
TileSize band_size(const SeparableRequest& request);

/// The share of the threads' time that is lost as bands are whole rows, 0 for none.
double idle_share(const SeparableRequest& request);

}  // namespace dwconv::strategy
