#include "dwconv/backward_data.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "check.hpp"
#include "dwconv/conv.hpp"
#include "dwconv/errors.hpp"
#include "transposed_reference.hpp"

namespace {

using namespace dwconv;
using check::integers;
using check::options_for;
using check::rounded;
using check::scattered;
using check::throws;

void test_backward_data() {
    for (const std::string& text : check::problems) {
        const Problem problem = parse_problem(text);
        const auto diff_dst = integers(problem.dst_shape(), 1);
        const auto weights = integers(problem.weights_shape(), 2);
        const auto expected = rounded(scattered(problem, true, diff_dst, weights));
        const TensorView kernel(weights.data(), problem.weights_shape());
        check::check_orders(
            problem.dst_shape(), diff_dst, problem.src_shape(), expected,
            [&](const PlanOptions& options) { return BackwardDataPlan(problem, kernel, options); },
            [&](const TensorView& from, const MutableTensorView& to, const PlanOptions& options) {
                backward_data(problem, from, kernel, to, options);
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
    for (const std::string& text : check::problems) {
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
    for (const std::string& text : check::problems) {
        const Problem problem = parse_problem(text);
        auto diff_dst = integers(problem.dst_shape(), 1);
        auto weights = integers(problem.weights_shape(), 2);
        weights[weights.size() / 2] = std::numeric_limits<float>::infinity();
        diff_dst[diff_dst.size() / 3] = std::nanf("");
        const auto expected = rounded(scattered(problem, true, diff_dst, weights));
        for (const MemoryOrder order : check::orders) {
            const check::Array from(problem.dst_shape(), order, diff_dst);
            check::Array to(problem.src_shape(), order);
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
    const Problem half = parse_problem("n1c4i8x8k3s2p1+float16");
    const TensorView half_kernel(weights.data(), DataType::float16, kernel.shape, kernel.strides);
    CHECK(throws<InvalidType>([&] { BackwardDataPlan(half, half_kernel); }));
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
    test_adjointness();
    test_nonfinite();
    test_errors();
    test_empty_batch();
}
