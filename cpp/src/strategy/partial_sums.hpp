#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "dwconv/tensor_view.hpp"
#include "strategy/converted_tiles.hpp"
#include "strategy/tile_convolutions.hpp"

namespace dwconv::strategy {

/// The exact route for integers whose sums, or sums and bias, float32 may not hold: the taps are
/// cut into parts with exact sums, which are added in double precision before bias and activation.
class PartialSums {
public:
    PartialSums(const Problem& problem, const ConvertedGrid& grid, MemoryOrder order);

    /// Floats that pack() writes.
    std::size_t packed_size() const noexcept;
    /// Returns false where these weights, {channels · multiplier, taps}, and this bias, which may
    /// be null, need no parts; they are not packed then.
    bool pack(const std::vector<float>& weights, const std::int32_t* bias, float* packed) const;
    /// What pack() returned.
    static bool is_used(const float* packed) noexcept { return parts_of(packed) != 0; }
    /// From a dense tile, by a buffer for a tile of the destination, to its place. The dimensions
    /// of `dst`, and of `add`, which may be without data, are in the order of the tiles.
    void run(const ConvertedTile& tile, const float* src, const float* packed, float* buffer,
             const TensorView& add, const MutableTensorView& dst) const;

private:
    static std::int32_t parts_of(const float* packed) noexcept;

    Problem problem_;
    MemoryOrder order_;
    std::vector<ConvertedCell> cells_;  ///< without bias and activation
    TileConvolutions convolutions_;
    std::size_t first_part_;
};

}  // namespace dwconv::strategy
