#include "strategy/weights_axes.hpp"

#include <algorithm>
#include <cstddef>

#include "ceil_div.hpp"

namespace dwconv::strategy {

namespace {

constexpr std::size_t spatial = 3;

}  // namespace

std::int64_t WeightsAxis::first_output(std::int64_t tap) const noexcept {
    return std::min(steps_to(low - tap * dilation, stride), outputs);
}

std::int64_t WeightsAxis::end_output(std::int64_t tap) const noexcept {
    return std::min(steps_to(elements + low - tap * dilation, stride), outputs);
}

std::int64_t WeightsAxis::first_tap(std::int64_t output) const noexcept {
    return std::min(steps_to(low - output * stride, dilation), kernel);
}

std::int64_t WeightsAxis::end_tap(std::int64_t output) const noexcept {
    return std::min(steps_to(elements + low - output * stride, dilation), kernel);
}

bool WeightsAxis::operator!=(const WeightsAxis& other) const noexcept {
    return elements != other.elements || outputs != other.outputs || kernel != other.kernel ||
           stride != other.stride || dilation != other.dilation || low != other.low;
}

WeightsAxes weights_axes(const Problem& problem) {
    WeightsAxes axes;
    const Dims outputs = problem.output_spatial();
    const std::size_t missing = spatial - outputs.size();
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        axes[missing + i] = {problem.spatial[i], outputs[i],          problem.kernel[i],
                             problem.stride[i],  problem.dilation[i], problem.padding[i].low};
    }
    return axes;
}

std::array<std::int64_t, 3> spatial_strides(const Dims& strides) noexcept {
    std::array<std::int64_t, 3> steps = {};
    const std::size_t missing = spatial + 2 - strides.size();
    for (std::size_t i = missing; i < spatial; ++i) steps[i] = strides[i + 2 - missing];
    return steps;
}

}  // namespace dwconv::strategy
