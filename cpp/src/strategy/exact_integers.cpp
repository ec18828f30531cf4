#include "strategy/exact_integers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "ceil_div.hpp"
#include "strategy/element_runs.hpp"

namespace dwconv::strategy {

namespace {

template <class Integer>
Integer rounded(double value) {
    // The bounds of int32 are numbers of double precision.
    return static_cast<Integer>(std::clamp(std::nearbyint(value),
                                           double{std::numeric_limits<Integer>::min()},
                                           double{std::numeric_limits<Integer>::max()}));
}

template <class Element, class Round>
void finish_as(const double* sums, const std::int32_t* bias, const Activation& activation,
               bool channels_last, const MutableTensorView& dst, const Round& round) {
    const std::size_t axis = channels_last ? dst.shape.size() - 1 : 1;
    const std::int64_t channels = dst.shape[axis];
    std::int64_t inner = 1;  // elements of one channel that follow one another
    for (std::size_t dim = axis + 1; dim < dst.shape.size(); ++dim) inner *= dst.shape[dim];
    auto* const elements = static_cast<Element*>(dst.data);
    std::int64_t i = 0;
    const ElementRuns runs(dst);
    runs.for_each([&](std::int64_t first) {
        for (std::int64_t at = 0; at < runs.length; ++at, ++i) {
            const double own = bias == nullptr ? 0.0 : bias[i / inner % channels];
            elements[first + at * runs.stride] = round(activation(sums[i] + own));
        }
    });
}

template <class Element>
void add_as(const TensorView& add, double* sums) {
    const auto* const elements = static_cast<const Element*>(add.data);
    const ElementRuns runs(add);
    runs.for_each([&](std::int64_t first) {
        for (std::int64_t at = 0; at < runs.length; ++at) {
            *sums++ += elements[first + at * runs.stride];
        }
    });
}

}  // namespace

std::int64_t most_exact_parts(const Problem& problem) {
    const std::int64_t largest = largest_of(problem.src_dtype) * largest_of(problem.weights_dtype);
    return ceil_div(element_count(problem.kernel), largest_exact / largest);
}

std::vector<Range> exact_parts(const Problem& problem, const float* weights) {
    const std::int64_t taps = element_count(problem.kernel);
    const std::int64_t largest = largest_of(problem.src_dtype);
    std::vector<std::int64_t> totals(static_cast<std::size_t>(problem.out_channels()), 0);
    std::vector<Range> parts = {{0, 0}};
    for (std::int64_t tap = 0; tap < taps; ++tap) {
        bool is_full = false;
        for (std::size_t c = 0; c < totals.size(); ++c) {
            const float weight = weights[static_cast<std::int64_t>(c) * taps + tap];
            totals[c] += largest * static_cast<std::int64_t>(std::abs(weight));
            is_full = is_full || totals[c] > largest_exact;
        }
        if (is_full) {
            for (std::size_t c = 0; c < totals.size(); ++c) {
                const float weight = weights[static_cast<std::int64_t>(c) * taps + tap];
                totals[c] = largest * static_cast<std::int64_t>(std::abs(weight));
            }
            parts.push_back({tap, tap});
        }
        parts.back().end = tap + 1;
    }
    return parts;
}

bool is_exact_with_bias(const Problem& problem, const float* weights, const std::int32_t* bias) {
    const std::int64_t taps = element_count(problem.kernel);
    for (std::int64_t c = 0; c < problem.out_channels(); ++c) {
        std::int64_t total = 0;
        for (std::int64_t tap = 0; tap < taps; ++tap) {
            total += static_cast<std::int64_t>(std::abs(weights[c * taps + tap]));
        }
        total *= largest_of(problem.src_dtype);
        if (bias != nullptr) total += std::abs(std::int64_t{bias[c]});
        if (total > largest_exact) return false;
    }
    return true;
}

bool adds_beyond_float32(const Problem& problem) {
    return problem.add && problem.dst_dtype == DataType::int32;
}

void add_to_sums(const TensorView& add, double* sums) {
    switch (add.dtype) {
        case DataType::int8:
            return add_as<std::int8_t>(add, sums);
        case DataType::uint8:
            return add_as<std::uint8_t>(add, sums);
        case DataType::int32:
            return add_as<std::int32_t>(add, sums);
        default:
            return add_as<float>(add, sums);
    }
}

void finish_sums(const double* sums, const std::int32_t* bias, const Activation& activation,
                 bool channels_last, const MutableTensorView& dst) {
    switch (dst.dtype) {
        case DataType::int8:
            return finish_as<std::int8_t>(sums, bias, activation, channels_last, dst,
                                          rounded<std::int8_t>);
        case DataType::uint8:
            return finish_as<std::uint8_t>(sums, bias, activation, channels_last, dst,
                                           rounded<std::uint8_t>);
        case DataType::int32:
            return finish_as<std::int32_t>(sums, bias, activation, channels_last, dst,
                                           rounded<std::int32_t>);
        default:
            return finish_as<float>(sums, bias, activation, channels_last, dst,
                                    [](double value) { return static_cast<float>(value); });
    }
}

}  // namespace dwconv::strategy
