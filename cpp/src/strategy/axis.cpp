#include "strategy/axis.hpp"

#include <algorithm>

#include "ceil_div.hpp"

namespace dwconv::strategy {

namespace {

/// Where the window of an output begins; negative in the padding.
std::int64_t window_begin(const Axis& axis, std::int64_t output) {
    return output * axis.stride - axis.pad_low;
}

/// The first tap that does not fall before the input.
std::int64_t first_tap(const Axis& axis, std::int64_t output) {
    return steps_to(-window_begin(axis, output), axis.dilation);
}

/// One past the last tap that does not fall behind the input.
std::int64_t end_tap(const Axis& axis, std::int64_t output) {
    const std::int64_t room = axis.input - window_begin(axis, output);
    return std::min(axis.kernel, steps_to(room, axis.dilation));
}

/// The block with these of the kernel's taps, whether outputs need them all or not.
AxisBlock block_with_taps(const Axis& axis, std::int64_t out_begin, std::int64_t out_end,
                          std::int64_t tap_begin, std::int64_t tap_end) {
    const std::int64_t low = window_begin(axis, out_begin) + tap_begin * axis.dilation;
    const std::int64_t high = window_begin(axis, out_end - 1) + (tap_end - 1) * axis.dilation + 1;
    // Inputs that a whole axis leaves unread at its end, because of its stride, belong to it all
    // the same: its memory stays in one piece.
    const bool whole = low <= 0 && out_begin == 0 && out_end == axis.output;
    const bool unread = whole && high < axis.input && axis.input - high < axis.stride;
    return {out_begin,
            out_end,
            std::max<std::int64_t>(low, 0),
            unread ? axis.input : std::min(high, axis.input),
            tap_begin,
            tap_end,
            std::max<std::int64_t>(-low, 0),
            std::max<std::int64_t>(high - axis.input, 0)};
}

/// The block with the taps alone that meet an input.
AxisBlock trimmed_block(const Axis& axis, std::int64_t out_begin, std::int64_t out_end) {
    // Windows move to the right from output to output, so the last one has the first of the taps
    // that are needed, and the first one the last.
    const std::int64_t tap_begin = first_tap(axis, out_end - 1);
    const std::int64_t tap_end = end_tap(axis, out_begin);
    if (tap_begin >= tap_end) return {out_begin, out_end, 0, 0, 0, 0, 0, 0};
    return block_with_taps(axis, out_begin, out_end, tap_begin, tap_end);
}

bool is_sound(const Axis& axis, const AxisBlock& block, std::int64_t max_padding) {
    if (block.is_padding()) return true;
    const std::int64_t extent = (block.taps() - 1) * axis.dilation + 1;
    const std::int64_t padding = std::max(block.pad_low, block.pad_high);
    return padding <= max_padding && padding < extent;
}

/// With all taps if that is sound, so that most blocks share their weights; else trimmed.
AxisBlock block_of(const Axis& axis, std::int64_t out_begin, std::int64_t out_end,
                   std::int64_t max_padding) {
    const AxisBlock full = block_with_taps(axis, out_begin, out_end, 0, axis.kernel);
    return is_sound(axis, full, max_padding) ? full : trimmed_block(axis, out_begin, out_end);
}

}  // namespace

Axis Axis::of(const Problem& problem, std::size_t i) {
    return {problem.spatial[i], problem.output_spatial()[i], problem.kernel[i],
            problem.stride[i],  problem.dilation[i],         problem.padding[i].low};
}

bool AxisBlock::same_shape(const AxisBlock& other) const noexcept {
    return outputs() == other.outputs() && inputs() == other.inputs() &&
           tap_begin == other.tap_begin && tap_end == other.tap_end && pad_low == other.pad_low &&
           pad_high == other.pad_high;
}

std::vector<AxisBlock> split_axis(const Axis& axis, std::int64_t size, std::int64_t max_padding) {
    const std::int64_t parts = ceil_div(axis.output, std::max<std::int64_t>(size, 1));
    const std::int64_t even = ceil_div(axis.output, parts);
    std::vector<AxisBlock> blocks;
    for (std::int64_t begin = 0; begin < axis.output; begin = blocks.back().out_end) {
        const std::int64_t furthest = std::min(begin + even, axis.output);
        AxisBlock block = block_of(axis, begin, furthest, max_padding);
        if (!is_sound(axis, block, max_padding)) {
            // One output alone, trimmed, has no padding at all, so this ends.
            block = block_of(axis, begin, begin + 1, max_padding);
            while (block.out_end < furthest) {
                const AxisBlock longer = block_of(axis, begin, block.out_end + 1, max_padding);
                if (longer.is_padding() != block.is_padding() ||
                    !is_sound(axis, longer, max_padding)) {
                    break;
                }
                block = longer;
            }
        }
        blocks.push_back(block);
    }
    return blocks;
}

}  // namespace dwconv::strategy
