#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "dwconv/problem.hpp"
#include "dwconv/tensor_view.hpp"

namespace dwconv::check {

/// Small integers, of which all sums in the tests are exact in float.
inline std::vector<float> integers(std::int64_t count, unsigned seed) {
    std::mt19937 generator(seed);
    std::uniform_int_distribution<int> distribution(-4, 4);
    std::vector<float> values(static_cast<std::size_t>(count));
    for (float& value : values) value = static_cast<float>(distribution(generator));
    return values;
}

/// NCHW to NHWC, and so on.
inline std::vector<float> channels_last(const std::vector<float>& values, const Dims& shape) {
    std::vector<float> moved;
    std::int64_t pixels = 1;
    for (std::size_t i = 2; i < shape.size(); ++i) pixels *= shape[i];
    for (std::int64_t n = 0; n < shape[0]; ++n) {
        for (std::int64_t p = 0; p < pixels; ++p) {
            for (std::int64_t c = 0; c < shape[1]; ++c) {
                moved.push_back(values[static_cast<std::size_t>((n * shape[1] + c) * pixels + p)]);
            }
        }
    }
    return moved;
}

/// The problem, normalized, with three dimensions: fewer are three with sizes of 1.
inline Problem in_three_dimensions(const Problem& problem) {
    Problem p = problem.normalized();
    while (p.spatial.size() < 3) {
        for (Dims* dims : {&p.spatial, &p.kernel, &p.stride, &p.dilation}) {
            Dims more = {1};
            for (const std::int64_t each : *dims) more.push_back(each);
            *dims = more;
        }
        Paddings more = {Padding{}};
        for (const Padding& each : p.padding) more.push_back(each);
        p.padding = more;
    }
    return p;
}

/// The convolution by its definition, in double precision, on dense arrays in C order.
inline std::vector<float> convolve(const Problem& problem, const std::vector<float>& src,
                                   const std::vector<float>& weights,
                                   const std::vector<float>& bias) {
    const Problem p = in_three_dimensions(problem);
    const Dims out = p.output_spatial();
    const std::int64_t members = p.group_channels();
    const std::int64_t taps = element_count(p.kernel);
    const std::int64_t elements = element_count(p.spatial);
    std::vector<float> dst;
    for (std::int64_t plane = 0; plane < p.batch * p.out_channels(); ++plane) {
        const std::int64_t n = plane / p.out_channels();
        const std::int64_t c = plane % p.out_channels();
        for (std::int64_t o = 0; o < element_count(out); ++o) {
            const Dims place = {o / out[2] / out[1], o / out[2] % out[1], o % out[2]};
            double sum = bias.empty() ? 0.0 : bias[static_cast<std::size_t>(c)];
            for (std::int64_t k = 0; k < taps; ++k) {
                const Dims tap = {k / p.kernel[2] / p.kernel[1], k / p.kernel[2] % p.kernel[1],
                                  k % p.kernel[2]};
                std::int64_t at = 0;
                bool inside = true;
                for (std::size_t i = 0; i < 3; ++i) {
                    const std::int64_t each =
                        place[i] * p.stride[i] - p.padding[i].low + tap[i] * p.dilation[i];
                    inside = inside && each >= 0 && each < p.spatial[i];
                    at = at * p.spatial[i] + each;
                }
                if (!inside) continue;
                for (std::int64_t m = 0; m < members; ++m) {
                    const std::int64_t src_plane = n * p.channels + c / p.multiplier * members + m;
                    sum += double{src[static_cast<std::size_t>(src_plane * elements + at)]} *
                           double{weights[static_cast<std::size_t>((c * members + m) * taps + k)]};
                }
            }
            dst.push_back(static_cast<float>(p.activation(sum)));
        }
    }
    return dst;
}

}  // namespace dwconv::check
