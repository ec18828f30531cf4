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

/// The convolution by its definition, in double precision, on dense arrays in C order.
inline std::vector<float> convolve(const Problem& problem, const std::vector<float>& src,
                                   const std::vector<float>& weights,
                                   const std::vector<float>& bias) {
    Problem p = problem.normalized();
    if (p.spatial.size() == 1) {
        for (Dims* dims : {&p.spatial, &p.kernel, &p.stride, &p.dilation}) *dims = {1, (*dims)[0]};
        p.padding = {Padding{}, p.padding[0]};
    }
    const Dims out = p.output_spatial();
    const std::int64_t channels = p.out_channels();
    const std::int64_t members = p.group_channels();
    std::vector<float> dst;
    for (std::int64_t n = 0; n < p.batch; ++n) {
        for (std::int64_t c = 0; c < channels; ++c) {
            for (std::int64_t i = 0; i < out[0]; ++i) {
                for (std::int64_t j = 0; j < out[1]; ++j) {
                    double sum = bias.empty() ? 0.0 : bias[static_cast<std::size_t>(c)];
                    const std::int64_t taps = p.kernel[0] * p.kernel[1];
                    for (std::int64_t m = 0; m < members; ++m) {
                        for (std::int64_t k = 0; k < taps; ++k) {
                            const std::int64_t y = i * p.stride[0] - p.padding[0].low +
                                                   k / p.kernel[1] * p.dilation[0];
                            const std::int64_t x = j * p.stride[1] - p.padding[1].low +
                                                   k % p.kernel[1] * p.dilation[1];
                            if (y < 0 || y >= p.spatial[0] || x < 0 || x >= p.spatial[1]) continue;
                            const std::int64_t plane =
                                n * p.channels + c / p.multiplier * members + m;
                            const std::int64_t at = (plane * p.spatial[0] + y) * p.spatial[1] + x;
                            const std::int64_t tap = (c * members + m) * taps + k;
                            sum += double{src[static_cast<std::size_t>(at)]} *
                                   double{weights[static_cast<std::size_t>(tap)]};
                        }
                    }
                    dst.push_back(static_cast<float>(p.activation(sum)));
                }
            }
        }
    }
    return dst;
}

}  // namespace dwconv::check
