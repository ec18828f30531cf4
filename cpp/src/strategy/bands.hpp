#pragma once

#include <cstdint>

#include "strategy/separable.hpp"

namespace dwconv::strategy {

/// How the images of a fused convolution are cut.
struct BandCut {
    std::int64_t rows;        ///< of the destination in a band, at most
    std::int64_t chunk_rows;  ///< in the bands that a thread does one after the other
};

/// Bands of rows for a fused convolution: small enough to stay in the cache, and such that the
/// threads finish together. With a 1×1 convolution before the depthwise one, a chunk has many
/// bands, as each needs rows that the one before it has made already; else it has one.
BandCut band_cut(const SeparableRequest& request);

/// The share of the threads' time that is lost as bands are whole rows, 0 for none, and as chunks
/// begin with rows that others make too.
double idle_share(const SeparableRequest& request);

}  // namespace dwconv::strategy
