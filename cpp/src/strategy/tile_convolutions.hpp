#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "strategy/converted_tiles.hpp"
#include "strategy/strategy.hpp"

namespace dwconv::strategy {

/// The float32 strategies that convolve the cells of a grid, each on one thread, and their packed
/// weights.
class TileConvolutions {
public:
    /// `order` is that of the tiles.
    TileConvolutions(const std::vector<ConvertedCell>& cells, const CutAxes& axes,
                     MemoryOrder order);

    /// The names of the conversions and of all kernels, each once.
    std::string implementation() const;
    std::size_t packed_size() const noexcept { return packed_size_; }
    /// Of all channels, in C order. Returns false where a weight is not finite.
    bool pack(const TensorView& weights, const TensorView& bias, float* packed) const;
    /// From a dense tile to a dense tile.
    void run(std::size_t cell, const float* src, const PackedWeights& weights, float* dst) const;

private:
    struct Cell {
        std::size_t strategy = 0;
        std::size_t packed = 0;  ///< where its weights begin
        Dims src_strides;
        Dims dst_strides;
    };

    const std::vector<ConvertedCell>& parts_;
    CutAxes axes_;
    std::vector<Cell> cells_;
    std::vector<std::unique_ptr<const Strategy>> strategies_;
    std::size_t packed_size_ = 0;
};

}  // namespace dwconv::strategy
