#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "dwconv/problem.hpp"

namespace dwconv::strategy {

/// A convolution along one dimension.
struct Axis {
    std::int64_t input;
    std::int64_t output;
    std::int64_t kernel;
    std::int64_t stride;
    std::int64_t dilation;
    std::int64_t pad_low;

    /// Spatial dimension `i` of a normalized problem.
    static Axis of(const Problem& problem, std::size_t i);
};

/// A run of outputs, and the convolution that makes it: the inputs that it reads, the taps that it
/// needs, and the padding that is left between the two. Ends are excluded.
struct AxisBlock {
    std::int64_t out_begin;
    std::int64_t out_end;
    std::int64_t in_begin;
    std::int64_t in_end;
    std::int64_t tap_begin;
    std::int64_t tap_end;
    std::int64_t pad_low;
    std::int64_t pad_high;

    std::int64_t outputs() const noexcept { return out_end - out_begin; }
    std::int64_t inputs() const noexcept { return in_end - in_begin; }
    std::int64_t taps() const noexcept { return tap_end - tap_begin; }
    /// True where no tap meets an input: all the outputs are made of padding.
    bool is_padding() const noexcept { return taps() == 0; }
    /// True where the same convolution makes both blocks, from other places.
    bool same_shape(const AxisBlock& other) const noexcept;
};

inline constexpr std::int64_t any_padding = std::numeric_limits<std::int64_t>::max();

/// Cuts the outputs into blocks of at most `size`, about equal, whose padding on each side is at
/// most `max_padding` and less than the extent of the block's taps.
std::vector<AxisBlock> split_axis(const Axis& axis, std::int64_t size,
                                  std::int64_t max_padding = any_padding);

}  // namespace dwconv::strategy
