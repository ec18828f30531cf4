#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "onednn/conv_kernel.hpp"
#include "range.hpp"
#include "strategy/axis.hpp"
#include "strategy/strategy.hpp"
#include "strategy/weights_packing.hpp"

namespace dwconv::strategy {

inline constexpr std::int64_t whole_row = std::numeric_limits<std::int64_t>::max();

/// How large the tiles of a grid are at most, and how the width is cut.
struct TileSize {
    std::int64_t images;
    std::int64_t channels;  ///< of the destination; whole groups of a general convolution
    std::int64_t rows;      ///< of the destination
    std::int64_t columns_padding = any_padding;
    /// A kernel has at least so many channels; those beyond the tile's own are zero.
    std::int64_t lanes = 1;
    std::int64_t columns = whole_row;  ///< of the destination
};

/// A box of the destination, and what makes it.
struct Tile {
    Range images;
    Range channels;  ///< of the destination
    Range sources;   ///< channels of the source
    AxisBlock rows;
    AxisBlock columns;
    /// -1 where the tile is made of padding alone.
    int kernel;
    /// Where its weights begin in the packed ones.
    std::size_t weights;
};

/// A problem cut into tiles, with the kernels that the tiles need (few, since most tiles are alike)
/// and the packed weights that those need.
class TileGrid {
public:
    /// `problem` is normalized.
    TileGrid(const Problem& problem, const TileSize& size);

    std::int64_t size() const noexcept;
    Tile tile(std::int64_t index) const;

    const std::vector<AxisBlock>& rows() const noexcept { return rows_; }
    const std::vector<AxisBlock>& columns() const noexcept { return columns_; }
    const onednn::Kernels& kernels() const noexcept { return kernels_; }
    bool all_fast() const noexcept;
    std::string implementation() const { return onednn::names_of(kernels_); }

    std::size_t packed_size() const noexcept { return packed_size_; }
    PackedWeights pack(const TensorView& weights, const TensorView& bias, float* packed) const;
    /// The bias of a channel in the packed weights; null where the problem has none.
    const float* bias(const PackedWeights& packed, std::int64_t channel) const noexcept;
    /// The weights of a general convolution in C order; null where no kernel needs them so.
    const float* plain(const PackedWeights& packed) const noexcept;
    const Problem& problem() const noexcept { return problem_; }

private:
    /// What makes the tiles of one channel block whose rows, columns and number of images are
    /// alike.
    struct Cell {
        int kernel;
        std::size_t weights;
    };

    Cell make_cell(std::int64_t images, const Range& channels, const AxisBlock& rows,
                   const AxisBlock& columns);
    Range sources_of(const Range& channels) const noexcept;
    int kernel_for(const onednn::KernelGeometry& geometry);

    Problem problem_;
    std::int64_t lanes_;
    std::vector<Range> images_;
    std::vector<Range> channels_;
    std::vector<AxisBlock> rows_;
    std::vector<AxisBlock> columns_;
    /// For each range or block, the number of its shape among the different ones.
    std::vector<std::size_t> image_shape_;
    std::vector<std::size_t> row_shape_;
    std::vector<std::size_t> column_shape_;
    std::size_t row_shapes_ = 0;
    std::size_t column_shapes_ = 0;
    std::vector<Cell> cells_;
    onednn::Kernels kernels_;
    WeightsPacking packing_;
    bool keeps_plain_ = false;
    std::size_t bias_offset_ = 0;
    std::size_t plain_offset_ = 0;
    std::size_t packed_size_ = 0;
};

}  // namespace dwconv::strategy
