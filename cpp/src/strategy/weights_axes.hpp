#pragma once

#include <array>
#include <cstdint>

#include "dwconv/problem.hpp"
#include "dwconv/tensor_view.hpp"

namespace dwconv::strategy {

/// A spatial dimension: output o meets element o · stride - low + k · dilation by tap k.
struct WeightsAxis {
    std::int64_t elements = 1;
    std::int64_t outputs = 1;
    std::int64_t kernel = 1;
    std::int64_t stride = 1;
    std::int64_t dilation = 1;
    std::int64_t low = 0;

    std::int64_t element(std::int64_t output, std::int64_t tap) const noexcept {
        return output * stride - low + tap * dilation;
    }
    bool has(std::int64_t at) const noexcept { return at >= 0 && at < elements; }
    /// The outputs that meet an element by this tap, the end excluded.
    std::int64_t first_output(std::int64_t tap) const noexcept;
    std::int64_t end_output(std::int64_t tap) const noexcept;
    /// The taps by which an output meets elements, the end excluded.
    std::int64_t first_tap(std::int64_t output) const noexcept;
    std::int64_t end_tap(std::int64_t output) const noexcept;

    bool operator!=(const WeightsAxis& other) const noexcept;
};

/// Depth, height and width; in two dimensions the depth is 1.
using WeightsAxes = std::array<WeightsAxis, 3>;

WeightsAxes weights_axes(const Problem& problem);

/// Distances of such an array, or of weights, from one place to the next in depth, height and
/// width.
std::array<std::int64_t, 3> spatial_strides(const Dims& strides) noexcept;

}  // namespace dwconv::strategy
