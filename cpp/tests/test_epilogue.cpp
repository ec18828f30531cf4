#include <cmath>
#include <string>
#include <vector>

#include "check.hpp"
#include "dwconv/dwconv.hpp"
#include "kernels.hpp"
#include "reference.hpp"

namespace {

using namespace dwconv;
using check::may_lack_a_kernel;
using check::throws;

/// Scale, shift and an array to add for a problem that may have each of them.
struct Arrays {
    Problem problem;
    std::vector<float> src, weights, bias, scale, shift, add, expected;

    explicit Arrays(const std::string& text)
        : problem(parse_problem(text)),
          src(check::integers(element_count(problem.src_shape()), 1)),
          weights(check::integers(element_count(problem.weights_shape()), 2)),
          bias(of_channels(problem.bias, 3)),
          scale(of_channels(problem.scale, 4)),
          shift(of_channels(problem.shift, 5)),
          add(problem.add ? check::integers(element_count(problem.dst_shape()), 6)
                          : std::vector<float>()) {
        Problem bare = problem;
        bare.activation = {};
        expected = check::convolve(bare, src, weights, bias);
        const std::int64_t plane = element_count(problem.output_spatial());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            const auto c = static_cast<std::size_t>(static_cast<std::int64_t>(i) / plane %
                                                    problem.out_channels());
            double value = expected[i];
            if (problem.scale) value *= scale[c];
            if (problem.shift) value += shift[c];
            if (problem.add) value += add[i];
            expected[i] = static_cast<float>(problem.activation(value));
        }
    }

    std::vector<float> of_channels(bool given, unsigned seed) const {
        return given ? check::integers(problem.out_channels(), seed) : std::vector<float>();
    }
    static TensorView view(const std::vector<float>& values, const Dims& shape) {
        return values.empty() ? TensorView() : TensorView(values.data(), shape);
    }
    TensorView src_view() const { return {src.data(), problem.src_shape()}; }
    ConvWeights weights_views() const {
        const Dims channels = {problem.out_channels()};
        return {{weights.data(), problem.weights_shape()},
                view(bias, channels),
                view(scale, channels),
                view(shift, channels)};
    }
    TensorView add_view() const { return view(add, problem.dst_shape()); }

    std::vector<float> run(const Plan& plan, const TensorView& added) const {
        std::vector<float> dst(expected.size(), std::nanf(""));
        const MutableTensorView to(dst.data(), problem.dst_shape());
        if (problem.add) {
            plan.execute(src_view(), added, to);
        } else {
            plan.execute(src_view(), to);
        }
        return dst;
    }
};

const std::vector<std::string> problems = {
    "n2c3i5x6k3p1+bias+scale+shift+add+relu",
    "n1c16i9x9k3s2p1+scale+add",
    "n3c20i13x11k5x2s1x2d2x1p3:1x2+bias+shift+add+clip(-3,40)",
    "n1c33m2i10x12k3p1+scale+shift",
    "n1c1i30x30k3d9p9+scale+add+relu",
    "n2c8i6x6k3x4p7+bias+add+leaky_relu(0.5)",
    "n1c4i40x300k7p3+add",
    "n2c16g1m33i10x9k3p1+scale+shift+add+relu",
    "n2c5i70k31p15+bias+scale+shift+add",
    "n1c33i30k5s2d3p4:9+add+relu",
    "n1c1i5000k9p4+scale+add+relu",
    "n2c3i4x5x6k3p1+bias+scale+shift+add",
    "n1c20m2i5x7x9k3x2x3s2x1x2d1x2x1p4:2x1x0+bias+add",
    "n1c2i2x3x3k1p3x0x1+bias+add+relu",
};

/// The elements of a dense array, twice as far apart.
struct Apart {
    std::vector<float> memory;
    TensorView view;

    Apart(const std::vector<float>& dense, const Dims& shape) : memory(2 * dense.size()) {
        for (std::size_t i = 0; i < dense.size(); ++i) memory[2 * i] = dense[i];
        Dims strides = c_order_strides(shape);
        for (std::int64_t& stride : strides) stride *= 2;
        view = {memory.data(), DataType::float32, shape, strides};
    }
};

void test_every_strategy() {
    for (const std::string& text : problems) {
        const Arrays a(text);
        const Apart apart(a.add, a.problem.add ? a.problem.dst_shape() : Dims());
        for (const auto kind : {StrategyKind::automatic, StrategyKind::tiled, StrategyKind::planar,
                                StrategyKind::reordered}) {
            if (kind == StrategyKind::planar && !a.problem.is_depthwise()) continue;
            if (kind == StrategyKind::reordered && a.problem.spatial.size() == 3) continue;
            PlanOptions options;
            options.strategy = kind;
            options.threads = 2;
            const auto make = [&] { return Plan(a.problem, a.weights_views(), options); };
            if (may_lack_a_kernel(a.problem, kind) && throws<Unsupported>(make)) continue;
            const Plan plan = make();
            CHECK(plan.problem() == a.problem);
            CHECK(a.run(plan, a.add_view()) == a.expected);
            if (a.problem.add) CHECK(a.run(plan, apart.view) == a.expected);
            std::vector<float> dst(a.expected.size(), std::nanf(""));
            convolve(a.problem, a.src_view(), a.weights_views(), a.add_view(),
                     {dst.data(), a.problem.dst_shape()}, options);
            CHECK(dst == a.expected);
        }
    }
}

void test_tuning() {
    for (const char* text : {"n1c9i20x20k3p1+scale+add+relu", "n1c9i20x20k3s2p1+bias+shift+add"}) {
        const Arrays a(text);
        PlanOptions options;
        options.tune = true;
        CHECK(a.run(Plan(a.problem, a.weights_views(), options), a.add_view()) == a.expected);
    }
}

/// Scale and shift are in the weights, and so in no entry of the cache; what is added makes another
/// one, by its memory order too.
void test_cache_key() {
    const auto misses_of = [](const Arrays& a, const TensorView& add) {
        const auto before = cache_info().misses;
        std::vector<float> dst(a.expected.size());
        convolve(a.problem, a.src_view(), a.weights_views(), add,
                 {dst.data(), a.problem.dst_shape()});
        CHECK(dst == a.expected);
        return cache_info().misses - before;
    };
    cache_clear();
    const Arrays plain("n1c3i8x8k3+bias"), scaled("n1c3i8x8k3+bias+scale+shift");
    const Arrays added("n1c3i8x8k3+bias+add");
    const Apart apart(added.add, added.problem.dst_shape());
    CHECK(misses_of(plain, {}) == 1);
    CHECK(misses_of(scaled, {}) == 0);
    CHECK(misses_of(added, added.add_view()) == 1);
    CHECK(misses_of(added, apart.view) == 1);
    CHECK(misses_of(added, added.add_view()) == 0);
}

/// What is added to sums of integers is not rounded to float32 before.
void test_exact_integers() {
    const Problem problem = parse_problem("n1c2i3x3k1x1+add+int8>int32");
    const std::vector<std::int8_t> src(18, 1), weights(2, 1);
    const std::vector<std::int32_t> add(18, (1 << 24) + 2);
    std::vector<std::int32_t> dst(18);
    const auto dense = [](const void* data, DataType dtype, const Dims& shape) {
        return TensorView(data, dtype, shape, c_order_strides(shape));
    };
    const Dims shape = problem.dst_shape();
    depthwise(
        problem, dense(src.data(), DataType::int8, problem.src_shape()),
        ConvWeights{dense(weights.data(), DataType::int8, problem.weights_shape()), {}, {}, {}},
        dense(add.data(), DataType::int32, shape),
        {dst.data(), DataType::int32, shape, c_order_strides(shape)});
    for (const std::int32_t value : dst) CHECK(value == (1 << 24) + 3);
}

void test_errors() {
    const Arrays a("n1c4i8x8k3p1+scale+shift+add");
    std::vector<float> memory(a.expected.size());
    const MutableTensorView dst(memory.data(), a.problem.dst_shape());
    const Plan plan(a.problem, a.weights_views());
    CHECK(throws<InvalidArgument>([&] { plan.execute(a.src_view(), dst); }));
    CHECK(throws<InvalidArgument>([&] { plan.execute(a.src_view(), {}, dst); }));
    CHECK(throws<InvalidArgument>(
        [&] { plan.execute(a.src_view(), {a.add.data(), {1, 4, 8, 7}}, dst); }));
    CHECK(throws<InvalidType>([&] {
        TensorView wrong = a.add_view();
        wrong.dtype = DataType::int32;
        plan.execute(a.src_view(), wrong, dst);
    }));
    const Plan plain(parse_problem("n1c4i8x8k3p1"), a.weights_views().weights);
    CHECK(throws<InvalidArgument>([&] { plain.execute(a.src_view(), a.add_view(), dst); }));
    ConvWeights wrong = a.weights_views();
    wrong.scale.shape = {3};
    CHECK(throws<InvalidArgument>([&] { const Plan none(a.problem, wrong); }));
    wrong = a.weights_views();
    wrong.shift.dtype = DataType::bfloat16;
    CHECK(throws<InvalidType>([&] { const Plan none(a.problem, wrong); }));
    // The passes that add nothing say so.
    CHECK(throws<InvalidArgument>(
        [&] { const BackwardDataPlan none(a.problem, a.weights_views().weights); }));
    CHECK(a.run(plan, a.add_view()) == a.expected);
}

}  // namespace

int main() {
    test_every_strategy();
    test_tuning();
    test_cache_key();
    test_exact_integers();
    test_errors();
}
