#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "check.hpp"
#include "dwconv/plan.hpp"
#include "dwconv/problem.hpp"
#include "dwconv/tensor_view.hpp"
#include "reference.hpp"

// What the tests of gradients by the source and of transposed convolution share.

namespace dwconv::check {

inline constexpr MemoryOrder orders[] = {MemoryOrder::channels_first, MemoryOrder::channels_last};

/// Memory in some order, and the values in C order.
struct Array {
    Dims shape, strides;
    std::vector<float> memory;

    Array(const Dims& sizes, MemoryOrder order, const std::vector<float>& values)
        : shape(sizes),
          strides(order == MemoryOrder::channels_last ? channels_last_strides(sizes)
                                                      : c_order_strides(sizes)),
          memory(values.size()) {
        for (std::size_t i = 0; i < values.size(); ++i) memory[at(i)] = values[i];
    }
    Array(const Dims& sizes, MemoryOrder order)
        : Array(sizes, order,
                std::vector<float>(static_cast<std::size_t>(element_count(sizes)), std::nanf(""))) {
    }

    std::vector<float> values() const {
        std::vector<float> all;
        for (std::size_t i = 0; i < memory.size(); ++i) all.push_back(memory[at(i)]);
        return all;
    }
    TensorView view() const { return {memory.data(), DataType::float32, shape, strides}; }
    MutableTensorView view() { return {memory.data(), DataType::float32, shape, strides}; }

private:
    std::size_t at(std::size_t index) const {
        auto rest = static_cast<std::int64_t>(index);
        std::int64_t offset = 0;
        for (std::size_t dim = shape.size(); dim-- > 0;) {
            offset += rest % shape[dim] * strides[dim];
            rest /= shape[dim];
        }
        return static_cast<std::size_t>(offset);
    }
};

inline std::vector<float> integers(const Dims& shape, unsigned seed) {
    return integers(element_count(shape), seed);
}

/// Convolutions of every kind whose gradient is computed in a way of its own.
inline const std::vector<std::string> problems = {
    "n1c1i1x1k1",
    // A stride of 1, less and more padding than taps, sums over a multiplier.
    "n2c5i9x10k3p1",
    "n1c20i9x10k3p3",
    "n2c9m2i9x10k3p1",
    // Strides and dilations.
    "n1c17m3i9x12k3s2p1",
    "n2c33i14x21k3s2p1",
    "n1c3i20x70k5x3s3x2d1x2p2",
    // Fewer elements than the stride, and elements that no tap meets.
    "n1c16i3x4k7s5p5",
    "n1c8i11x11k2s3",
    // One dimension.
    "n3c5i50k9s2p4",
    "n2c17i33k3s4",
    "n1c9i40k5d3p12:0",
    // Three.
    "n2c5i5x6x9k3p1",
    "n1c9m2i5x6x9k3s2p1",
    "n2c17i6x9x11k3x2x4s1x2x3d2x1x1p2:1x0x3",
    "n1c3i2x9x20k5s3p4",
    "n1c16i7x5x5k1x3x3s2x1x1p0x1x1",
    // Several bands of a plane.
    "n1c8i200x40k3s2p1",
    "n1c2i9x120x60k3s2p1",
};

/// The product of each source and weight that meet in a convolution, added up where the source of
/// the convolution is: its gradient if `sums`, else the transposed convolution, in which channels
/// of a multiplier remain apart. In double precision, on dense arrays in C order.
inline std::vector<double> scattered(const Problem& convolution, bool sums,
                                     const std::vector<float>& src,
                                     const std::vector<float>& weights) {
    const Problem p = in_three_dimensions(convolution);
    const Dims out = p.output_spatial();
    const std::int64_t outputs = element_count(out);
    const std::int64_t elements = element_count(p.spatial);
    const std::int64_t taps = element_count(p.kernel);
    const std::int64_t planes = p.batch * p.out_channels();
    std::vector<double> dst(
        static_cast<std::size_t>((sums ? p.batch * p.channels : planes) * elements), 0.0);
    for (std::int64_t plane = 0; plane < planes; ++plane) {
        const std::int64_t shared = plane / p.multiplier;
        const float* const from = src.data() + (sums ? plane : shared) * outputs;
        const float* const kernel = weights.data() + plane % p.out_channels() * taps;
        double* const to = dst.data() + (sums ? shared : plane) * elements;
        for (std::int64_t i = 0; i < outputs * taps; ++i) {
            const std::int64_t o = i / taps;
            const std::int64_t k = i % taps;
            const Dims place = {o / out[2] / out[1], o / out[2] % out[1], o % out[2]};
            const Dims tap = {k / p.kernel[2] / p.kernel[1], k / p.kernel[2] % p.kernel[1],
                              k % p.kernel[2]};
            std::int64_t at = 0;
            bool inside = true;
            for (std::size_t dim = 0; dim < 3; ++dim) {
                const std::int64_t each =
                    place[dim] * p.stride[dim] - p.padding[dim].low + tap[dim] * p.dilation[dim];
                inside = inside && each >= 0 && each < p.spatial[dim];
                at = at * p.spatial[dim] + each;
            }
            if (inside) to[at] += double{from[o]} * double{kernel[k]};
        }
    }
    return dst;
}

inline std::vector<float> rounded(const std::vector<double>& values) {
    return std::vector<float>(values.begin(), values.end());
}

inline PlanOptions options_for(MemoryOrder src, MemoryOrder dst, int threads) {
    PlanOptions options;
    options.src_order = src;
    options.dst_order = dst;
    options.threads = threads;
    return options;
}

/// Runs both doors on arrays in each pair of orders; `make_plan` and `call` take a source, a
/// destination and options.
template <class MakePlan, class Call>
void check_orders(const Dims& src_shape, const std::vector<float>& src, const Dims& dst_shape,
                  const std::vector<float>& expected, const MakePlan& make_plan, const Call& call) {
    for (const MemoryOrder src_order : orders) {
        for (const MemoryOrder dst_order : orders) {
            for (const int threads : {1, 2}) {
                const PlanOptions options = options_for(src_order, dst_order, threads);
                const Array from(src_shape, src_order, src);
                Array to(dst_shape, dst_order);
                make_plan(options).execute(from.view(), to.view());
                CHECK(to.values() == expected);
                Array again(dst_shape, dst_order);
                call(from.view(), again.view(), options);
                CHECK(again.values() == expected);
                // A plan for other orders is right, too.
                Array other(dst_shape, dst_order);
                make_plan({}).execute(from.view(), other.view());
                CHECK(other.values() == expected);
            }
        }
    }
}

}  // namespace dwconv::check
