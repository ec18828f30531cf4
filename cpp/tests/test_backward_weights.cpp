#include <cmath>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

#include "check.hpp"
#include "dwconv/backward_weights.hpp"
#include "dwconv/errors.hpp"
#include "dwconv/runtime.hpp"
#include "reference.hpp"

namespace {

using namespace dwconv;

std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

/// NaN is the same as NaN.
bool same(const std::vector<float>& a, const std::vector<float>& b) {
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i] != b[i] && !(std::isnan(a[i]) && std::isnan(b[i]))) return false;
    }
    return a.size() == b.size();
}

struct Gradients {
    std::vector<float> weights;
    std::vector<float> bias;

    bool operator==(const Gradients& other) const {
        return same(weights, other.weights) && same(bias, other.bias);
    }
};

/// The gradient by its definition, in double precision, of dense arrays in C order.
Gradients expected(const Problem& problem, const std::vector<float>& src,
                   const std::vector<float>& diff_dst) {
    Gradients made;
    const Dims output = problem.output_spatial();
    const std::int64_t taps = element_count(problem.kernel);
    const std::int64_t outputs = element_count(output);
    const std::int64_t elements = element_count(problem.spatial);
    const std::size_t rank = output.size();
    for (std::int64_t c = 0; c < problem.out_channels(); ++c) {
        for (std::int64_t k = 0; k < taps; ++k) {
            double sum = 0.0;
            for (std::int64_t o = 0; o < outputs; ++o) {
                std::int64_t element = 0, place = o, tap = k, step = 1;
                bool inside = true;
                for (std::size_t i = rank; i-- > 0;) {
                    const std::int64_t each = place % output[i] * problem.stride[i] -
                                              problem.padding[i].low +
                                              tap % problem.kernel[i] * problem.dilation[i];
                    inside = inside && each >= 0 && each < problem.spatial[i];
                    element += each * step;
                    step *= problem.spatial[i];
                    place /= output[i];
                    tap /= problem.kernel[i];
                }
                if (!inside) continue;
                for (std::int64_t n = 0; n < problem.batch; ++n) {
                    const std::int64_t plane = n * problem.channels + c / problem.multiplier;
                    sum += double{src[at(plane * elements + element)]} *
                           double{diff_dst[at((n * problem.out_channels() + c) * outputs + o)]};
                }
            }
            made.weights.push_back(static_cast<float>(sum));
        }
        double sum = 0.0;
        for (std::int64_t i = 0; i < problem.batch * outputs; ++i) {
            const std::int64_t plane = i / outputs * problem.out_channels() + c;
            sum += double{diff_dst[at(plane * outputs + i % outputs)]};
        }
        made.bias.push_back(static_cast<float>(sum));
    }
    return made;
}

struct Example {
    Problem problem;
    std::vector<float> src, diff_dst;

    explicit Example(const std::string& text)
        : problem(parse_problem(text).normalized()),
          src(check::integers(element_count(problem.src_shape()), 1)),
          diff_dst(check::integers(element_count(problem.dst_shape()), 2)) {}

    /// With the source and the gradient in channels-last memory or not.
    Gradients run(bool src_last, bool diff_last, int threads) const {
        const Dims s = problem.src_shape(), d = problem.dst_shape();
        const auto moved_src = src_last ? check::channels_last(src, s) : src;
        const auto moved_diff = diff_last ? check::channels_last(diff_dst, d) : diff_dst;
        const TensorView src_view(moved_src.data(), DataType::float32, s,
                                  src_last ? channels_last_strides(s) : c_order_strides(s));
        const TensorView diff_view(moved_diff.data(), DataType::float32, d,
                                   diff_last ? channels_last_strides(d) : c_order_strides(d));
        Gradients made = {std::vector<float>(at(element_count(problem.weights_shape()))),
                          std::vector<float>(at(problem.out_channels()))};
        PlanOptions options;
        options.threads = threads;
        backward_weights(problem, src_view, diff_view,
                         {made.weights.data(), problem.weights_shape()},
                         {made.bias.data(), {problem.out_channels()}}, options);
        Problem with_bias = problem;
        with_bias.bias = true;
        Gradients planned = made;
        BackwardWeightsPlan(with_bias, options)
            .execute(src_view, diff_view, {planned.weights.data(), problem.weights_shape()},
                     {planned.bias.data(), {problem.out_channels()}});
        CHECK(planned == made);
        return made;
    }
};

void test_against_the_definition() {
    for (const char* text : {"n1c3i9x11k3p1",
                             "n2c19i12x50k3p1",
                             "n1c8i50x50k3",
                             "n3c9i10x7k3s2p1",
                             "n1c16i14x14k5s2p2",
                             "n2c17i7x7k7p3",
                             "n1c4i9x40k3x5s1x2d2x1p2:1x3",
                             "n1c9m3i8x8k3p1",
                             "n2c2m4i5x60k3x2p1",
                             "n1c2i80x3k63x1p31x0",
                             "n1c9i3x80k1x63p0x31",
                             "n1c8i6x6k3s5p1",
                             "n1c1i1x1k3p9",
                             "n2c8i4x4k2x3d4x1p4:0x1",
                             "n1c40i5x5k4x4s3p2",
                             "n1c1i300x301k3p1",
                             "n1c2i1000k31p15",
                             "n2c9i70k4p3:0",
                             "n1c3i4x9x8k3p1",
                             "n2c10i5x6x7k3x2x3s2x1x1d1x2x1p1",
                             "n1c2i3x4x5k1p2",
                             "n4c1m2i6x5x9k5x1x3p2x0x1",
                             "n0c3i5x5k3p1"}) {
        const Example example(text);
        const Gradients right = expected(example.problem, example.src, example.diff_dst);
        for (const bool src_last : {false, true}) {
            for (const bool diff_last : {false, true}) {
                if (example.run(src_last, diff_last, 1) == right) continue;
                std::fprintf(stderr, "%s, channels-last %d %d\n", text, src_last, diff_last);
                CHECK(false);
            }
        }
    }
}

/// By one thread and by two, where the source and the gradient are in the same memory order.
void check_as_they_lie(const std::string& text, bool last) {
    const Example example(text);
    const Gradients right = expected(example.problem, example.src, example.diff_dst);
    for (const int threads : {1, 2}) {
        if (example.run(last, last, threads) == right) continue;
        std::fprintf(stderr, "%s, channels-last %d\n", text.c_str(), last);
        CHECK(false);
    }
}

/// Planes are read as they lie, by strips of vectors: of all widths beside whole vectors, of more
/// rows and planes than are done at once, by kernels whose taps are several blocks.
void test_planes_as_they_lie() {
    for (const char* kernel : {"k3p1", "k3s2p1", "k1", "k2x4s2p1x3", "k5p2", "k5s2p0:3x4:0", "k7p3",
                               "k9x6p8x2", "k4s2p9"}) {
        for (const std::int64_t width : {4, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 50}) {
            for (const char* planes : {"n2c3", "n1c17m2"}) {
                check_as_they_lie(planes + ("i9x" + std::to_string(width)) + kernel, false);
            }
        }
    }
    for (const char* text : {"n1c2i150x20k3p1", "n1c2i150x20k3s2p1", "n2c18i70x9k5p2",
                             "n1c1i9x3000k3p1", "n2c3i3x12x11k3p1", "n1c2m2i4x9x19k3s2p1"}) {
        check_as_they_lie(text, false);
    }
}

/// The same of pixels whose channels fill vectors, or overlap.
void test_pixels_as_they_lie() {
    for (const char* kernel : {"k3p1", "k3s2p1", "k3", "k5p2", "k5s2p2", "k4x3s3x1p2", "k2x5s1x2p1",
                               "k3x2d4x1p9x1", "k5x4p13:0x3:9"}) {
        for (const char* images : {"n2c16i26x31", "n1c21i24x70", "n1c33i45x24"}) {
            check_as_they_lie(std::string(images) + kernel, true);
        }
    }
    check_as_they_lie("n1c17i14x13x15k3p1", true);
    check_as_they_lie("n2c16i5x30x29k2x3x5s2p1", true);
}

/// Where sums are rounded, their order shows.
void test_threads() {
    set_num_threads(4);
    for (const char* text : {"n1c3i200x200k3p1", "n2c16i90x90k3p1", "n1c64i40x40k5s2p2",
                             "n3c9m2i30x31k3p1", "n2c10i9x20x20k3p1", "n1c1i20000k9"}) {
        Example example(text);
        for (std::size_t i = 0; i < example.src.size(); ++i) {
            example.src[i] *= 0.1f + 0.37f * static_cast<float>(i % 11);
        }
        for (const bool last : {false, true}) {
            const Gradients one = example.run(last, last, 1);
            for (const int threads : {2, 3, 4}) CHECK(example.run(last, last, threads) == one);
        }
    }
    set_num_threads(1);
}

/// What is not finite reaches those taps alone that meet it, and padding never does.
void test_values_that_are_not_finite() {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    for (const char* text : {"n1c9i6x9k3p2", "n1c2i5x9k3s2p2", "n2c1i4x50k3x5p1x4"}) {
        Example example(text);
        example.src[0] = infinity;
        example.src[at(example.problem.spatial[1])] = std::nanf("");
        example.diff_dst[example.diff_dst.size() - 1] = -infinity;
        const Gradients right = expected(example.problem, example.src, example.diff_dst);
        for (const bool last : {false, true}) {
            CHECK(example.run(last, last, 1) == right);
        }
    }
    // Too large for float on the way, and not in the end.
    Example example("n1c1i1x3k1");
    example.src = {3e38f, 3e38f, -3e38f};
    example.diff_dst = {1.0f, 1.0f, 1.0f};
    CHECK(example.run(false, false, 1).weights == std::vector<float>{3e38f});
}

template <class Call>
std::string blamed(const Call& call) {
    try {
        call();
    } catch (const InvalidArgument& error) {
        return error.complaint().argument;
    }
    return "";
}

void test_arguments() {
    const Problem problem = parse_problem("n1c2m3i5x5k3");
    const BackwardWeightsPlan plan(problem);
    std::vector<float> memory(1000);
    float* const data = memory.data();
    const auto run = [&](const Dims& src, const Dims& diff_dst, const Dims& weights) {
        return blamed(
            [&] { plan.execute({data, src}, {data + 100, diff_dst}, {data + 300, weights}); });
    };
    const Dims src = {1, 2, 5, 5}, diff_dst = {1, 6, 3, 3};
    for (const Dims& weights : {Dims{2, 3, 3, 3}, Dims{6, 1, 3, 3}, Dims{2, 3, 1, 3, 3}}) {
        CHECK(run(src, diff_dst, weights).empty());
    }
    CHECK(run({1, 2, 5, 4}, diff_dst, {6, 1, 3, 3}) == "src");
    CHECK(run(src, {1, 6, 3, 4}, {6, 1, 3, 3}) == "diff_dst");
    CHECK(run(src, diff_dst, {2, 3, 3}) == "diff_weights");
    CHECK(run(src, diff_dst, {6, 1, 3, 2}) == "diff_weights");
    CHECK(blamed([&] {
              plan.execute({data, src}, {data + 100, diff_dst}, {data + 300, {6, 1, 3, 3}},
                           {data + 400, {6}});
          }) == "diff_bias");
    CHECK(blamed([&] {
              backward_weights(problem, {data, src}, {data + 100, diff_dst},
                               {data + 300, {6, 1, 3, 3}}, {data + 400, {5}});
          }) == "diff_bias");
    CHECK(blamed([] { BackwardWeightsPlan(parse_problem("n1c4g2i5x5k3")); }) == "groups");
    CHECK(check::throws<InvalidType>(
        [] { BackwardWeightsPlan(parse_problem("n1c2i5x5k3+float16")); }));
    PlanOptions options;
    options.strategy = StrategyKind::direct;
    CHECK(check::throws<Unsupported>([&] { BackwardWeightsPlan(problem, options); }));
    CHECK(plan.strategy() == StrategyKind::planar);
    CHECK(plan.implementation().find("planar:weights") == 0);
}

}  // namespace

int main() {
    test_against_the_definition();
    test_planes_as_they_lie();
    test_pixels_as_they_lie();
    test_threads();
    test_values_that_are_not_finite();
    test_arguments();
}
