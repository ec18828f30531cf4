#pragma once

#include <cstdint>
#include <vector>

#include "simd/backward_weights.hpp"
#include "strategy/weights_axes.hpp"

namespace dwconv::strategy {

/// Taps whose products are summed at the same time; see simd::WeightsBlock.
struct TapBlock {
    std::int64_t phase;      ///< of its rows: where the source's row 0 is among the stride's
    std::int64_t first_row;  ///< in TapBlocks::row_offsets
    std::int64_t rows;       ///< taps
    std::int64_t first_column;
    std::int64_t columns;   ///< taps
    std::int64_t position;  ///< of its first sum among all
};

/// The taps of a kernel {height, width} in blocks.
///
/// Row taps go together whose rows of the source are the same: those of one phase of the stride.
/// Then the row of tap i that belongs to output o is the one of the phase's first tap and output
/// o + offset.
class TapBlocks {
public:
    TapBlocks(const WeightsAxis& rows, const WeightsAxis& columns,
              const simd::WeightsKernels& kernels);

    const std::vector<TapBlock>& blocks() const noexcept { return blocks_; }
    /// Outputs by which each row tap, in the order of the blocks, is behind its phase.
    const std::vector<std::int64_t>& row_offsets() const noexcept { return row_offsets_; }
    /// The tap, row · kernel width + column, of each sum.
    const std::vector<std::int64_t>& taps() const noexcept { return taps_; }
    /// The largest of row_offsets().
    std::int64_t last_offset() const noexcept { return last_offset_; }

private:
    void add(std::int64_t phase, const std::vector<std::int64_t>& row_taps, const WeightsAxis& rows,
             std::int64_t width, const simd::WeightsKernels& kernels);

    std::vector<TapBlock> blocks_;
    std::vector<std::int64_t> row_offsets_;
    std::vector<std::int64_t> taps_;
    std::int64_t last_offset_ = 0;
};

}  // namespace dwconv::strategy
