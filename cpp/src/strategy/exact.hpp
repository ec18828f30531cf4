#pragma once

#include <cstdint>

#include "onednn/conv_kernel.hpp"
#include "strategy/tile_grid.hpp"

namespace dwconv::strategy {

bool has_padding(const onednn::KernelGeometry& geometry) noexcept;

/// A tile of a general convolution by its definition, slowly: where a weight is infinite or NaN,
/// since oneDNN's kernels multiply the zeros of the padding too, and 0 · inf would be NaN there.
///
/// @param plain    the weights of the whole problem in C order
/// @param operands the tile's source and destination in channels-last memory, and its bias
void convolve_exactly(const Problem& problem, const Tile& tile,
                      const onednn::KernelGeometry& geometry, const float* plain,
                      const onednn::Operands& operands);

}  // namespace dwconv::strategy
