#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "check.hpp"
#include "dwconv/dwconv.hpp"
#include "kernels.hpp"
#include "reference.hpp"

namespace {

using namespace dwconv;
using check::may_lack_a_kernel;
using check::throws;

struct Arrays {
    Problem problem;
    std::vector<float> src, weights, bias, expected;

    explicit Arrays(const std::string& text)
        : problem(parse_problem(text)),
          src(check::integers(element_count(problem.src_shape()), 1)),
          weights(check::integers(element_count(problem.weights_shape()), 2)),
          bias(problem.bias ? check::integers(problem.dst_shape()[1], 3) : std::vector<float>()),
          expected(check::convolve(problem, src, weights, bias)) {}

    TensorView src_view() const { return {src.data(), problem.src_shape()}; }
    TensorView weights_view() const { return {weights.data(), problem.weights_shape()}; }
    TensorView bias_view() const {
        return bias.empty() ? TensorView()
                            : TensorView(bias.data(), {static_cast<std::int64_t>(bias.size())});
    }
    std::vector<float> run(const Plan& plan) const {
        std::vector<float> dst(expected.size(), std::nanf(""));
        plan.execute(src_view(), {dst.data(), problem.dst_shape()});
        return dst;
    }
};

/// A view with the shape of `dense` whose memory is channels-last, in `memory`.
template <class View, class Pointer>
View channels_last(Pointer memory, const Dims& shape) {
    return {memory, DataType::float32, shape, channels_last_strides(shape)};
}

const std::vector<std::string> problems = {
    "n1c1i1x1k1",
    "n2c3i5x6k3p1+bias",
    "n1c16i9x9k3s2p1+relu",
    "n3c20i13x11k5x2s1x2d2x1p3:1x2",
    "n1c33m2i10x12k3p1+bias",
    "n1c17i20x20k3d5p5",
    "n1c1i30x30k3d9p9",
    "n2c8i6x6k3x4p7+bias",
    "n1c4i40x300k7p3",
    "n2c31i9x9k3p1",
    "n1c200i60x60k3s2p1",
    "n1c32g1m48i9x11k1+bias",
    "n2c16g1m33i10x9k3p1+relu",
    "n1c32g8m4i9x9k3p1",
    "n1c8g1m8i6x5k3p4:5x6:3",
    "n1c12g2m5i9x9k3d2p2+bias",
    "n1c1i1k1",
    "n2c5i70k31p15+bias",
    "n1c4m2i41k4p6:0+relu",
    "n1c33i30k5s2d3p4:9",
    "n1c1i5000k9p4+bias+relu",
    "n2c12g3m5i20k3p1",
    "n2c3i4x5x6k3p1+bias",
    "n1c20m2i5x7x9k3x2x3s2x1x2d1x2x1p4:2x1x0+bias",
    "n2c16i6x9x20k3p1+relu",
    "n1c1i3x40x9k5p2",
    "n1c33i5x5x5k3s2p1",
    "n1c2i2x3x3k1p3x0x1+bias",
};

void test_every_strategy() {
    for (const std::string& text : problems) {
        const Arrays a(text);
        for (const auto kind : {StrategyKind::automatic, StrategyKind::tiled, StrategyKind::planar,
                                StrategyKind::reordered}) {
            if (kind == StrategyKind::planar && !a.problem.is_depthwise()) continue;
            if (kind == StrategyKind::reordered && a.problem.spatial.size() == 3) continue;
            for (const int threads : {1, 2, 3}) {
                PlanOptions options;
                options.strategy = kind;
                options.threads = threads;
                const auto make = [&] {
                    return Plan(a.problem, a.weights_view(), a.bias_view(), options);
                };
                if (may_lack_a_kernel(a.problem, kind) && throws<Unsupported>(make)) continue;
                const Plan plan = make();
                CHECK(a.run(plan) == a.expected);
                CHECK(kind == StrategyKind::automatic || plan.strategy() == kind);
                std::vector<float> dst(a.expected.size(), std::nanf(""));
                convolve(a.problem, a.src_view(), a.weights_view(), a.bias_view(),
                         {dst.data(), a.problem.dst_shape()}, options);
                CHECK(dst == a.expected);
            }
        }
    }
}

void test_channels_last() {
    for (const std::string& text : problems) {
        const Arrays a(text);
        const Dims src_shape = a.problem.src_shape();
        const Dims dst_shape = a.problem.dst_shape();
        std::vector<float> src(a.src.size());
        std::vector<float> dst(a.expected.size(), std::nanf(""));
        const auto src_view = channels_last<TensorView>(src.data(), src_shape);
        const auto dst_view = channels_last<MutableTensorView>(dst.data(), dst_shape);
        const auto at = [](const Dims& shape, const Dims& strides, std::size_t i) {
            std::int64_t rest = static_cast<std::int64_t>(i);
            std::int64_t offset = 0;
            for (std::size_t dim = shape.size(); dim-- > 0;) {
                offset += rest % shape[dim] * strides[dim];
                rest /= shape[dim];
            }
            return static_cast<std::size_t>(offset);
        };
        for (std::size_t i = 0; i < src.size(); ++i) {
            src[at(src_shape, src_view.strides, i)] = a.src[i];
        }
        // A plan for another order, and one for this: both are right.
        for (const auto order : {MemoryOrder::channels_first, MemoryOrder::channels_last}) {
            PlanOptions options;
            options.src_order = options.dst_order = order;
            const Plan plan(a.problem, a.weights_view(), a.bias_view(), options);
            plan.execute(src_view, dst_view);
            for (std::size_t i = 0; i < dst.size(); ++i) {
                CHECK(dst[at(dst_shape, dst_view.strides, i)] == a.expected[i]);
            }
            CHECK(a.run(plan) == a.expected);
        }
    }
}

/// What each field of the key decides is made anew when the field changes, and only then.
void test_cache_key() {
    const Arrays a("n2c8i9x9k3p1");
    std::vector<float> dst(a.expected.size());
    const auto misses_of = [&](const Problem& problem, const PlanOptions& options) {
        const auto weights = check::integers(element_count(problem.weights_shape()), 2);
        const auto before = cache_info().misses;
        Plan(problem, {weights.data(), problem.weights_shape()}, {}, options);
        return cache_info().misses - before;
    };
    cache_clear();
    CHECK(misses_of(a.problem, {}) == 1);
    CHECK(misses_of(a.problem, {}) == 0);
    PlanOptions changed;
    changed.src_order = MemoryOrder::channels_last;
    CHECK(misses_of(a.problem, changed) == 1);
    changed = {};
    changed.dst_order = MemoryOrder::channels_last;
    CHECK(misses_of(a.problem, changed) == 1);
    changed = {};
    changed.threads = get_num_threads() + 1;
    CHECK(misses_of(a.problem, changed) == 1);
    changed = {};
    changed.strategy = StrategyKind::planar;
    CHECK(misses_of(a.problem, changed) == 1);
    changed.strategy = StrategyKind::reordered;
    CHECK(misses_of(a.problem, changed) == 1);
    for (const char* other :
         {"n1c8i9x9k3p1", "n2c4i9x9k3p1", "n2c8i9x8k3p1", "n2c8i9x9k3x2p1", "n2c8i9x9k3s2p1",
          "n2c8i9x9k3d2p1", "n2c8i9x9k3p1x2", "n2c8i9x9k3p1:0x1", "n2c8i9x9k3p1+relu",
          "n2c8i9x9k3p1+clip(0,6)", "n2c8i9x9k3p1+clip(0,5)", "n2c4m2i9x9k3p1", "n2c8g2m4i9x9k3p1",
          "n2c8g1m4i9x9k3p1"}) {
        CHECK(misses_of(parse_problem(other), {}) == 1);
        CHECK(misses_of(parse_problem(other), {}) == 0);
    }
    const auto before = cache_info().misses;
    Plan(a.problem, a.weights_view(), {check::integers(8, 3).data(), {8}});
    CHECK(cache_info().misses - before == 1);
}

void test_errors() {
    const Arrays a("n1c4i8x8k3p1");
    std::vector<float> dst(a.expected.size());
    const MutableTensorView out(dst.data(), a.problem.dst_shape());
    const Plan plan(a.problem, a.weights_view());
    CHECK(throws<InvalidArgument>([&] { plan.execute({a.src.data(), {1, 4, 8, 7}}, out); }));
    CHECK(throws<InvalidArgument>([&] { plan.execute(a.src_view(), {dst.data(), {1, 4, 8, 7}}); }));
    CHECK(throws<InvalidArgument>(
        [&] { plan.execute({static_cast<const float*>(nullptr), {1, 4, 8, 8}}, out); }));
    CHECK(throws<InvalidArgument>([&] { Plan(a.problem, {a.weights.data(), {3, 1, 3, 3}}); }));
    CHECK(throws<InvalidArgument>([&] { Plan(a.problem, a.weights_view(), {dst.data(), {3}}); }));
    PlanOptions options;
    options.threads = -1;
    CHECK(throws<InvalidArgument>([&] { Plan(a.problem, a.weights_view(), {}, options); }));
    options.threads = 0;
    options.strategy = StrategyKind::direct;
    CHECK(throws<Unsupported>([&] { Plan(a.problem, a.weights_view(), {}, options); }));
    CHECK(throws<InvalidArgument>([] { set_num_threads(0); }));
    // None of that has broken anything.
    CHECK(a.run(plan) == a.expected);
}

/// Copies of a plan, and threads on one, need no care.
void test_sharing() {
    const Arrays a("n2c24i33x35k3p1");
    const Plan plan(a.problem, a.weights_view());
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&a, plan] {
            for (int repeat = 0; repeat < 20; ++repeat) CHECK(a.run(plan) == a.expected);
        });
    }
    for (std::thread& thread : threads) thread.join();
}

/// Within what approximations of an activation may be off; an infinity is itself alone.
bool is_near(float got, float expected) {
    if (std::isinf(expected)) return got == expected;
    return std::fabs(got - expected) <= 1e-5f * std::max(1.0f, std::fabs(expected));
}

void test_nonfinite() {
    const float inf = std::numeric_limits<float>::infinity();
    for (const char* name : {"relu", "swish", "gelu", "hardswish"}) {
        Arrays a("n1c5i9x9k3p1+" + std::string(name == std::string("gelu") ? "gelu_erf" : name));
        a.src[7] = inf;
        a.src[100] = -inf;
        a.src[200] = std::nanf("");
        const auto expected = check::convolve(a.problem, a.src, a.weights, {});
        const auto got = a.run(Plan(a.problem, a.weights_view()));
        for (std::size_t i = 0; i < got.size(); ++i) {
            CHECK(std::isnan(expected[i]) ? std::isnan(got[i]) : is_near(got[i], expected[i]));
        }
    }
}

void test_config() {
    const Config config = get_config();
    CHECK(config.version == DWCONV_VERSION);
    CHECK(!config.onednn_version.empty() && !config.isa.empty() && config.threads >= 1);
}

void test_tuning() {
    for (const std::string& text : problems) {
        const Arrays a(text);
        PlanOptions options;
        options.tune = true;
        cache_clear();
        const Plan plan(a.problem, a.weights_view(), a.bias_view(), options);
        CHECK(plan.strategy() != StrategyKind::automatic);
        const Plan again(a.problem, a.weights_view(), a.bias_view(), options);
        CHECK(again.strategy() == plan.strategy());
        CHECK(cache_info().hits == 1 && cache_info().misses == 1);
        // The choice by the rules is another entry.
        options.tune = false;
        const Plan by_rules(a.problem, a.weights_view(), a.bias_view(), options);
        CHECK(cache_info().misses == 2);
        CHECK(a.run(plan) == a.expected && a.run(by_rules) == a.expected);
    }
}

void test_tuning_for_every_order() {
    const Arrays a("n2c31i9x9k3p1");
    for (const auto src :
         {MemoryOrder::channels_first, MemoryOrder::channels_last, MemoryOrder::strided}) {
        for (const auto dst :
             {MemoryOrder::channels_first, MemoryOrder::channels_last, MemoryOrder::strided}) {
            PlanOptions options;
            options.src_order = src;
            options.dst_order = dst;
            options.tune = true;
            CHECK(a.run(Plan(a.problem, a.weights_view(), a.bias_view(), options)) == a.expected);
        }
    }
}

void test_tuning_refusals() {
    const Arrays a("n1c4i8x8k3p1");
    PlanOptions options;
    options.tune = true;
    options.strategy = StrategyKind::planar;
    CHECK(throws<InvalidArgument>(
        [&] { const Plan plan(a.problem, a.weights_view(), a.bias_view(), options); }));
    Problem none = a.problem;
    none.batch = 0;
    options.strategy = StrategyKind::automatic;
    const Plan empty(none, a.weights_view(), a.bias_view(), options);
    CHECK(empty.strategy() == StrategyKind::planar);
}

}  // namespace

int main() {
    test_every_strategy();
    test_channels_last();
    test_cache_key();
    test_errors();
    test_sharing();
    test_nonfinite();
    test_tuning();
    test_tuning_for_every_order();
    test_tuning_refusals();
    test_config();
}
