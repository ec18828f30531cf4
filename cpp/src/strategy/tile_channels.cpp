#include "strategy/tile_channels.hpp"

namespace dwconv::strategy {

TileChannels::TileChannels(const Problem& problem, const ConvertedTile& tile, const Dims& shape,
                           MemoryOrder order)
    : begin(tile.channels.begin * problem.multiplier),
      count(tile.channels.size() * problem.multiplier),
      run_length(1),
      elements(element_count(shape)) {
    if (order != MemoryOrder::channels_last) run_length = elements / count / shape[0];
}

void fill_tile(const Problem& problem, const TileChannels& channels, const float* biases,
               float* dst) {
    const float* const bias = biases + channels.begin;
    for (std::int64_t i = 0; i < channels.elements; ++i) {
        const double own = problem.bias ? bias[i / channels.run_length % channels.count] : 0.0;
        dst[i] = static_cast<float>(problem.activation(own));
    }
}

}  // namespace dwconv::strategy
