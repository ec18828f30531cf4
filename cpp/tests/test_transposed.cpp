#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "check.hpp"
#include "dwconv/dwconv.hpp"
#include "reference.hpp"

namespace {

using namespace dwconv;
using check::throws;

constexpr MemoryOrder orders[] = {MemoryOrder::channels_first, MemoryOrder::channels_last};

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

std::vector<float> integers(const Dims& shape, unsigned seed) {
    return check::integers(element_count(shape), seed);
}

/// Convolutions of every kind whose gradient is computed in a way of its own.
const std::vector<std::string> problems = {
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
std::vector<double> scattered(const Problem& convolution, bool sums, const std::vector<float>& src,
                              const std::vector<float>& weights) {
    const Problem p = check::in_three_dimensions(convolution);
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

PlanOptions options_for(MemoryOrder src, MemoryOrder dst, int threads) {
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

std::vector<float> rounded(const std::vector<double>& values) {
    return std::vector<float>(values.begin(), values.end());
}

void test_backward_data() {
    for (const std::string& text : problems) {
        const Problem problem = parse_problem(text);
        const auto diff_dst = integers(problem.dst_shape(), 1);
        const auto weights = integers(problem.weights_shape(), 2);
        const auto expected = rounded(scattered(problem, true, diff_dst, weights));
        const TensorView kernel(weights.data(), problem.weights_shape());
        check_orders(
            problem.dst_shape(), diff_dst, problem.src_shape(), expected,
            [&](const PlanOptions& options) { return BackwardDataPlan(problem, kernel, options); },
            [&](const TensorView& from, const MutableTensorView& to, const PlanOptions& options) {
                backward_data(problem, from, kernel, to, options);
            });
    }
}

/// The transposed convolution of whose destination a convolution makes its source.
TransposedProblem transposed_of(const Problem& convolution) {
    const Problem p = convolution.normalized();
    TransposedProblem transposed = {p, {}};
    transposed.depthwise.spatial = p.output_spatial();
    for (std::size_t dim = 0; dim < p.spatial.size(); ++dim) {
        const std::int64_t extent = (p.kernel[dim] - 1) * p.dilation[dim] + 1;
        const std::int64_t padded = p.spatial[dim] + p.padding[dim].low + p.padding[dim].high;
        transposed.output_padding.push_back((padded - extent) % p.stride[dim]);
    }
    return transposed;
}

void test_transposed() {
    for (const std::string& text : problems) {
        const Problem convolution = parse_problem(text + "+bias+relu");
        const TransposedProblem problem = transposed_of(convolution);
        CHECK(problem.output_spatial() == convolution.spatial);
        const Dims src_shape = problem.depthwise.src_shape();
        const Dims dst_shape = problem.dst_shape();
        const auto src = integers(src_shape, 1);
        const auto weights = integers(convolution.weights_shape(), 2);
        const auto bias = check::integers(convolution.out_channels(), 3);
        auto sums = scattered(convolution, false, src, weights);
        const auto elements = static_cast<std::size_t>(element_count(convolution.spatial));
        for (std::size_t i = 0; i < sums.size(); ++i) {
            sums[i] = std::max(sums[i] + double{bias[i / elements % bias.size()]}, 0.0);
        }
        const TensorView kernel(weights.data(), convolution.weights_shape());
        const TensorView biases(bias.data(), {convolution.out_channels()});
        check_orders(
            src_shape, src, dst_shape, rounded(sums),
            [&](const PlanOptions& options) {
                return TransposedPlan(problem, kernel, biases, options);
            },
            [&](const TensorView& from, const MutableTensorView& to, const PlanOptions& options) {
                transposed(problem, from, kernel, biases, to, options);
            });
    }
}

double dot(const std::vector<float>& a, const std::vector<float>& b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += double{a[i]} * double{b[i]};
    return sum;
}

/// <conv(x), dy> is <x, backward_data(dy)>: integers, so exactly.
void test_adjointness() {
    for (const std::string& text : problems) {
        const Problem problem = parse_problem(text);
        const auto src = integers(problem.src_shape(), 1);
        const auto weights = integers(problem.weights_shape(), 2);
        const auto diff_dst = integers(problem.dst_shape(), 3);
        const TensorView kernel(weights.data(), problem.weights_shape());
        std::vector<float> dst(diff_dst.size());
        std::vector<float> diff_src(src.size());
        convolve(problem, {src.data(), problem.src_shape()}, kernel, {},
                 {dst.data(), problem.dst_shape()});
        backward_data(problem, {diff_dst.data(), problem.dst_shape()}, kernel,
                      {diff_src.data(), problem.src_shape()});
        CHECK(dot(dst, diff_dst) == dot(src, diff_src));
    }
}

/// Infinite weights meet what the definition says and not the zeros around it.
void test_nonfinite() {
    for (const std::string& text : problems) {
        const Problem problem = parse_problem(text);
        auto diff_dst = integers(problem.dst_shape(), 1);
        auto weights = integers(problem.weights_shape(), 2);
        weights[weights.size() / 2] = std::numeric_limits<float>::infinity();
        diff_dst[diff_dst.size() / 3] = std::nanf("");
        const auto expected = rounded(scattered(problem, true, diff_dst, weights));
        for (const MemoryOrder order : orders) {
            const Array from(problem.dst_shape(), order, diff_dst);
            Array to(problem.src_shape(), order);
            backward_data(problem, from.view(), {weights.data(), problem.weights_shape()},
                          to.view(), options_for(order, order, 2));
            const auto got = to.values();
            for (std::size_t i = 0; i < got.size(); ++i) {
                CHECK(got[i] == expected[i] || (std::isnan(got[i]) && std::isnan(expected[i])));
            }
        }
    }
}

void test_errors() {
    const Problem problem = parse_problem("n1c4i8x8k3s2p1");
    const auto weights = integers(problem.weights_shape(), 2);
    std::vector<float> small(4 * 4 * 4), large(4 * 8 * 8);
    const TensorView kernel(weights.data(), problem.weights_shape());
    const BackwardDataPlan plan(problem, kernel);
    CHECK(throws<InvalidArgument>(
        [&] { plan.execute({large.data(), {1, 4, 8, 8}}, {large.data(), {1, 4, 8, 8}}); }));
    CHECK(throws<InvalidArgument>(
        [&] { plan.execute({small.data(), {1, 4, 4, 4}}, {small.data(), {1, 4, 4, 4}}); }));
    CHECK(throws<InvalidArgument>(
        [&] { BackwardDataPlan(problem, {weights.data(), {3, 1, 3, 3}}); }));
    PlanOptions options;
    options.strategy = StrategyKind::direct;
    CHECK(throws<Unsupported>([&] { BackwardDataPlan(problem, kernel, options); }));
    options.strategy = StrategyKind::automatic;
    options.tune = true;
    CHECK(throws<Unsupported>([&] { BackwardDataPlan(problem, kernel, options); }));
    CHECK(throws<InvalidArgument>(
        [&] { BackwardDataPlan(parse_problem("n1c4g2m2i8x8k3p1"), kernel); }));

    TransposedProblem transposed = {problem, {1, 1}};
    CHECK(transposed.output_spatial() == (Dims{16, 16}));
    transposed.validate();
    const auto rejects = [&](const Dims& more) {
        transposed.output_padding = more;
        return throws<InvalidArgument>([&] { transposed.validate(); });
    };
    CHECK(rejects({1}) && rejects({1, 2}) && rejects({-1, 0}));
    transposed = {problem, {}};
    transposed.depthwise.padding = {{9, 9}, {9, 9}};
    CHECK(throws<InvalidArgument>([&] { transposed.validate(); }));
    transposed.depthwise = parse_problem("n1c4g2m2i8x8k3p1");
    CHECK(throws<InvalidArgument>([&] { transposed.validate(); }));
}

void test_empty_batch() {
    for (const char* text : {"n0c4i8x8k3s2p1", "n0c4i8x8k3p1", "n0c4i4x8x8k3s2p1"}) {
        const Problem problem = parse_problem(text);
        const auto weights = integers(problem.weights_shape(), 2);
        backward_data(problem, {static_cast<const float*>(nullptr), problem.dst_shape()},
                      {weights.data(), problem.weights_shape()},
                      {static_cast<float*>(nullptr), problem.src_shape()});
    }
}

}  // namespace

int main() {
    test_backward_data();
    test_transposed();
    test_adjointness();
    test_nonfinite();
    test_errors();
    test_empty_batch();
}
