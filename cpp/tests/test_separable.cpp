#include <string>
#include <vector>

#include "check.hpp"
#include "dwconv/dwconv.hpp"
#include "kernels.hpp"
#include "reference.hpp"
#include "transposed_reference.hpp"

namespace {

using namespace dwconv;
using check::throws;

struct Arrays {
    SeparableProblem problem;
    std::vector<float> src, depthwise, between_bias, pointwise, bias, expected;

    Arrays(const std::string& text, std::int64_t outputs) {
        problem.depthwise = parse_problem(text);
        problem.outputs = outputs;
        problem.bias = true;
        problem.activation = Activation::make("relu");
        const Problem mix = problem.pointwise();
        src = check::integers(element_count(problem.depthwise.src_shape()), 1);
        depthwise = check::integers(element_count(problem.depthwise.weights_shape()), 2);
        if (problem.depthwise.bias) between_bias = check::integers(mix.channels, 3);
        pointwise = check::integers(outputs * mix.channels, 4);
        bias = check::integers(outputs, 5);
        const auto between = check::convolve(problem.depthwise, src, depthwise, between_bias);
        expected = check::convolve(mix, between, pointwise, bias);
    }

    SeparableWeights weights() const {
        const std::int64_t channels = problem.depthwise.out_channels();
        SeparableWeights views;
        views.depthwise = {depthwise.data(), problem.depthwise.weights_shape()};
        if (!between_bias.empty()) views.depthwise_bias = {between_bias.data(), {channels}};
        views.pointwise = {pointwise.data(), {problem.outputs, channels, 1, 1}};
        views.bias = {bias.data(), {problem.outputs}};
        return views;
    }
    Dims dst_shape() const { return problem.pointwise().dst_shape(); }
};

void check_orders(const Arrays& a, const PlanOptions& asked) {
    for (const MemoryOrder src_order : check::orders) {
        for (const MemoryOrder dst_order : check::orders) {
            PlanOptions options = asked;
            options.src_order = src_order;
            options.dst_order = dst_order;
            const auto make = [&] { return SeparablePlan(a.problem, a.weights(), options); };
            const bool may_be_refused =
                options.strategy == StrategyKind::fused && check::lacks_kernels();
            if (may_be_refused && throws<Unsupported>(make)) continue;
            const SeparablePlan plan = make();
            CHECK(asked.strategy == StrategyKind::automatic || plan.strategy() == asked.strategy);
            const check::Array src(a.problem.depthwise.src_shape(), src_order, a.src);
            check::Array dst(a.dst_shape(), dst_order);
            plan.execute(src.view(), dst.view());
            CHECK(dst.values() == a.expected);
            check::Array again(a.dst_shape(), dst_order);
            separable(a.problem, src.view(), a.weights(), again.view(), options);
            CHECK(again.values() == a.expected);
        }
    }
}

void test_every_strategy() {
    for (const char* text : {"n1c16i9x9k3p1", "n2c8i12x11k3s2p1+bias+relu", "n1c4m2i8x8k3p1",
                             "n1c1i7x7k3", "n1c8i6x6k3p5:4x2:7", "n1c20i40x33k5p2+clip(0,6)"}) {
        const Arrays a(text, 12);
        for (const auto kind :
             {StrategyKind::automatic, StrategyKind::unfused, StrategyKind::fused}) {
            // What a 1×1 convolution makes of one channel is for no kernel that fused could take.
            if (kind == StrategyKind::fused && a.problem.depthwise.channels == 1) continue;
            for (const int threads : {1, 2, 3}) {
                PlanOptions options;
                options.strategy = kind;
                options.threads = threads;
                check_orders(a, options);
            }
        }
    }
}

/// Two rows at a time, with vectors of channels: odd rows, strips that end within a row, padding.
void test_strips() {
    for (const char* text : {"n1c16i9x9k3p1", "n2c16i7x150k3p1+bias+relu", "n1c16i6x5k3p0:3x4:1"}) {
        const Arrays a(text, 16);
        PlanOptions options;
        options.threads = 2;
        options.src_order = options.dst_order = MemoryOrder::channels_last;
        CHECK(SeparablePlan(a.problem, a.weights(), options).implementation().find("strip:") == 0);
        check_orders(a, options);
    }
}

void test_counts_and_text() {
    const Arrays a("n1c8i6x5k3p1+bias", 3);
    CHECK(to_string(a.problem) == "n1c8i6x5k3x3p1+bias>3+bias+relu");
    CHECK(a.problem.flops() == 2 * 30 * 8 * (9 + 3));
    CHECK(a.problem.nbytes() == 4 * (8 * 30 + 8 * 9 + 8 + 3 * 8 + 3 + 3 * 30));
}

void test_errors() {
    const Arrays a("n1c8i6x5k3p1", 3);
    std::vector<float> dst(a.expected.size());
    const MutableTensorView out(dst.data(), a.dst_shape());
    PlanOptions options;
    options.strategy = StrategyKind::tiled;
    CHECK(throws<Unsupported>([&] { SeparablePlan(a.problem, a.weights(), options); }));
    options.strategy = StrategyKind::automatic;
    options.tune = true;
    CHECK(throws<Unsupported>([&] { SeparablePlan(a.problem, a.weights(), options); }));
    options.tune = false;
    SeparableWeights wrong = a.weights();
    wrong.pointwise.shape = {3, 7, 1, 1};
    CHECK(throws<InvalidArgument>([&] { SeparablePlan(a.problem, wrong); }));
    SeparableProblem other = a.problem;
    other.depthwise.dst_dtype = DataType::float16;
    CHECK(throws<InvalidType>([&] { SeparablePlan(other, a.weights()); }));
    const Arrays grouped("n1c8g4m2i6x5k3p1", 3);
    CHECK(throws<InvalidArgument>([&] { SeparablePlan(grouped.problem, grouped.weights()); }));
    const SeparablePlan plan(a.problem, a.weights());
    CHECK(throws<InvalidArgument>([&] { plan.execute({a.src.data(), {1, 8, 6, 4}}, out); }));
    options.strategy = StrategyKind::fused;
    CHECK(throws<Unsupported>([&] {
        Plan(a.problem.depthwise, {a.depthwise.data(), a.problem.depthwise.weights_shape()}, {},
             options);
    }));
}

}  // namespace

int main() {
    test_every_strategy();
    test_strips();
    test_counts_and_text();
    test_errors();
}
