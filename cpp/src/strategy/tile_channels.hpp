#pragma once

#include <cstdint>

#include "dwconv/problem.hpp"
#include "strategy/converted_tiles.hpp"

namespace dwconv::strategy {

/// The destination's channels in a tile, and how their elements follow one another.
struct TileChannels {
    std::int64_t begin;
    std::int64_t count;
    std::int64_t run_length;  ///< elements of one channel, before those of the next
    std::int64_t elements;    ///< of the whole tile

    /// `shape` is that of the tile in the destination, `order` that of the tiles.
    TileChannels(const Problem& problem, const ConvertedTile& tile, const Dims& shape,
                 MemoryOrder order);
};

/// A dense tile made of padding alone: activation(bias), 0 without a bias. `biases` has an element
/// for each of the problem's channels.
void fill_tile(const Problem& problem, const TileChannels& channels, const float* biases,
               float* dst);

}  // namespace dwconv::strategy
