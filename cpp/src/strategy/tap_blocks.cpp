#include "strategy/tap_blocks.hpp"

#include <algorithm>
#include <cstddef>

#include "ceil_div.hpp"

namespace dwconv::strategy {

namespace {

/// The most column taps of a block with so many row taps.
std::int64_t most_columns(const simd::WeightsKernels& kernels, std::int64_t row_taps) {
    const auto& functions = kernels.sum[row_taps - 1];
    std::int64_t most = simd::most_column_taps;
    while (functions[most - 1] == nullptr) --most;
    return most;
}

/// Where part `i` of `parts` begins that are as even as can be.
std::int64_t part_begin(std::int64_t count, std::int64_t parts, std::int64_t i) {
    return count * i / parts;
}

}  // namespace

TapBlocks::TapBlocks(const WeightsAxis& rows, const WeightsAxis& columns,
                     const simd::WeightsKernels& kernels) {
    for (std::int64_t phase = 0; phase < rows.stride; ++phase) {
        std::vector<std::int64_t> of_phase;
        for (std::int64_t tap = 0; tap < rows.kernel; ++tap) {
            if (tap * rows.dilation % rows.stride == phase) of_phase.push_back(tap);
        }
        const auto count = static_cast<std::int64_t>(of_phase.size());
        const std::int64_t parts = ceil_div(count, kernels.row_taps);
        for (std::int64_t i = 0; i < parts; ++i) {
            const auto begin = of_phase.begin() + part_begin(count, parts, i);
            const auto end = of_phase.begin() + part_begin(count, parts, i + 1);
            add(phase, {begin, end}, rows, columns.kernel, kernels);
        }
    }
}

void TapBlocks::add(std::int64_t phase, const std::vector<std::int64_t>& row_taps,
                    const WeightsAxis& rows, std::int64_t width,
                    const simd::WeightsKernels& kernels) {
    const auto first_row = static_cast<std::int64_t>(row_offsets_.size());
    const auto count = static_cast<std::int64_t>(row_taps.size());
    for (const std::int64_t tap : row_taps) {
        row_offsets_.push_back(tap * rows.dilation / rows.stride);
    }
    last_offset_ = std::max(last_offset_, row_offsets_.back());
    const std::int64_t parts = ceil_div(width, most_columns(kernels, count));
    for (std::int64_t i = 0; i < parts; ++i) {
        const std::int64_t begin = part_begin(width, parts, i);
        const std::int64_t end = part_begin(width, parts, i + 1);
        blocks_.push_back(
            {phase, first_row, count, begin, end - begin, static_cast<std::int64_t>(taps_.size())});
        for (const std::int64_t row : row_taps) {
            for (std::int64_t column = begin; column < end; ++column) {
                taps_.push_back(row * width + column);
            }
        }
    }
}

}  // namespace dwconv::strategy
