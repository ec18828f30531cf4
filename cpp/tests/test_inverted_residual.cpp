#include <cmath>
#include <string>
#include <vector>

#include "check.hpp"
#include "dwconv/dwconv.hpp"
#include "reference.hpp"

namespace {

using namespace dwconv;
using check::throws;

struct Arrays {
    InvertedResidualProblem problem;
    std::vector<float> src, expand, expand_bias, depthwise, pointwise, bias, expected;

    /// `text`: of the depthwise part.
    Arrays(const std::string& text, std::int64_t channels, std::int64_t outputs, bool residual) {
        problem.channels = channels;
        problem.expand_bias = true;
        problem.expand_activation = Activation::make("relu");
        problem.separable.depthwise = parse_problem(text);
        problem.separable.outputs = outputs;
        problem.separable.bias = true;
        problem.residual = residual;
        const Problem& middle = problem.separable.depthwise;
        const Problem first = problem.expand();
        const Problem last = problem.separable.pointwise();
        src = check::integers(element_count(first.src_shape()), 1);
        expand = check::integers(element_count(first.weights_shape()), 2);
        expand_bias = check::integers(middle.channels, 3);
        depthwise = check::integers(element_count(middle.weights_shape()), 4);
        pointwise = check::integers(element_count(last.weights_shape()), 5);
        bias = check::integers(outputs, 6);
        const auto expanded = check::convolve(first, src, expand, expand_bias);
        const auto between = check::convolve(middle, expanded, depthwise, {});
        expected = check::convolve(last, between, pointwise, bias);
        for (std::size_t i = 0; residual && i < src.size(); ++i) expected[i] += src[i];
    }

    TensorView src_view() const { return {src.data(), problem.expand().src_shape()}; }
    InvertedResidualWeights weights() const {
        const Problem& middle = problem.separable.depthwise;
        InvertedResidualWeights views;
        views.expand = {expand.data(), {middle.channels, problem.channels, 1, 1}};
        views.expand_bias = {expand_bias.data(), {middle.channels}};
        views.separable.depthwise = {depthwise.data(), middle.weights_shape()};
        views.separable.pointwise = {pointwise.data(),
                                     problem.separable.pointwise().weights_shape()};
        views.separable.bias = {bias.data(), {problem.separable.outputs}};
        return views;
    }
    Dims dst_shape() const { return problem.separable.pointwise().dst_shape(); }
};

void test_every_strategy() {
    const std::vector<Arrays> problems = {{"n1c12i9x9k3p1", 4, 4, true},
                                          {"n2c16i12x11k3s2p1+relu", 3, 5, false},
                                          {"n1c8m2i8x8k3p1", 4, 6, false},
                                          {"n1c6i6x6k3p5:4x2:7", 2, 3, false},
                                          {"n1c8i60x33k5p2", 2, 2, true}};
    for (const Arrays& a : problems) {
        for (const auto kind : {StrategyKind::automatic, StrategyKind::unfused}) {
            for (const int threads : {1, 2, 3}) {
                PlanOptions options;
                options.strategy = kind;
                options.threads = threads;
                const InvertedResidualPlan plan(a.problem, a.weights(), options);
                std::vector<float> dst(a.expected.size(), std::nanf(""));
                plan.execute(a.src_view(), {dst.data(), a.dst_shape()});
                CHECK(dst == a.expected);
                CHECK(plan.threads() == threads);
                CHECK(kind == StrategyKind::automatic || plan.strategy() == kind);
            }
        }
    }
}

void test_counts_and_text() {
    const Arrays a("n1c8i6x5k3p1", 3, 3, true);
    CHECK(to_string(a.problem) == "3+bias+relu>n1c8i6x5k3x3p1>3+bias+src");
    CHECK(a.problem.flops() == 2 * 30 * 8 * (3 + 9 + 3));
    CHECK(a.problem.nbytes() == 4 * (2 * 3 * 30 + 8 * 3 + 8 + 8 * 9 + 3 * 8 + 3));
}

void test_errors() {
    const Arrays a("n1c8i6x5k3p1", 3, 4, false);
    PlanOptions options;
    options.strategy = StrategyKind::tiled;
    CHECK(throws<Unsupported>([&] { InvertedResidualPlan(a.problem, a.weights(), options); }));
    InvertedResidualProblem other = a.problem;
    other.residual = true;
    CHECK(throws<InvalidArgument>([&] { other.validate(); }));
    CHECK(throws<InvalidArgument>([&] { InvertedResidualPlan(other, a.weights()); }));
    InvertedResidualWeights wrong = a.weights();
    wrong.expand.shape = {8, 4, 1, 1};
    CHECK(throws<InvalidArgument>([&] { InvertedResidualPlan(a.problem, wrong); }));
    const InvertedResidualPlan plan(a.problem, a.weights());
    std::vector<float> dst(a.expected.size());
    const MutableTensorView out(dst.data(), a.dst_shape());
    CHECK(throws<InvalidArgument>([&] { plan.execute({a.src.data(), {1, 3, 6, 4}}, out); }));
}

}  // namespace

int main() {
    test_every_strategy();
    test_counts_and_text();
    test_errors();
}
