#include <cstdint>
#include <vector>

#include "check.hpp"
#include "dwconv/dwconv.hpp"

namespace {

using dwconv::DataType;
using dwconv::Dims;
using dwconv::MutableTensorView;
using dwconv::Plan;
using dwconv::PlanOptions;
using dwconv::Problem;
using dwconv::TensorView;

TensorView dense(const void* data, DataType dtype, const Dims& shape) {
    return {data, dtype, shape, dwconv::c_order_strides(shape)};
}

std::size_t count_of(const Dims& shape) {
    return static_cast<std::size_t>(dwconv::element_count(shape));
}

/// The sum of an output of a dense 2-D problem with stride 1, from the definition.
std::int64_t exact_sum(const Problem& p, const std::vector<std::int8_t>& src,
                       const std::vector<std::int8_t>& weights, std::int64_t index) {
    const Dims out = p.dst_shape();
    const std::int64_t ow = index % out[3];
    const std::int64_t oh = index / out[3] % out[2];
    const std::int64_t c = index / out[3] / out[2] % out[1];
    const std::int64_t n = index / out[3] / out[2] / out[1];
    std::int64_t sum = 0;
    for (std::int64_t kh = 0; kh < p.kernel[0]; ++kh) {
        for (std::int64_t kw = 0; kw < p.kernel[1]; ++kw) {
            const std::int64_t h = oh - p.padding[0].low + kh;
            const std::int64_t w = ow - p.padding[1].low + kw;
            if (h < 0 || w < 0 || h >= p.spatial[0] || w >= p.spatial[1]) continue;
            const std::int64_t at = ((n * p.channels + c) * p.spatial[0] + h) * p.spatial[1] + w;
            const std::int64_t tap = (c * p.kernel[0] + kh) * p.kernel[1] + kw;
            sum += std::int64_t{src[static_cast<std::size_t>(at)]} *
                   weights[static_cast<std::size_t>(tap)];
        }
    }
    return sum;
}

/// Integers from one end of int8 to the other: sums of more than 1024 taps are beyond float32.
void test_integers(const char* text) {
    const Problem problem = dwconv::parse_problem(text);
    std::vector<std::int8_t> src(count_of(problem.src_shape()));
    std::vector<std::int8_t> weights(count_of(problem.weights_shape()), std::int8_t{-128});
    for (std::size_t i = 0; i < src.size(); ++i) {
        src[i] = static_cast<std::int8_t>(i % 7 == 0 ? 127 : -128);
    }
    for (const int threads : {1, 2}) {
        PlanOptions options;
        options.threads = threads;
        const Plan plan(problem, dense(weights.data(), DataType::int8, problem.weights_shape()), {},
                        options);
        CHECK(plan.strategy() == dwconv::StrategyKind::converted);
        std::vector<std::int32_t> dst(count_of(problem.dst_shape()), 99);
        const Dims shape = problem.dst_shape();
        plan.execute(dense(src.data(), DataType::int8, problem.src_shape()),
                     {dst.data(), DataType::int32, shape, dwconv::c_order_strides(shape)});
        for (std::size_t i = 0; i < dst.size(); ++i) {
            CHECK(dst[i] == exact_sum(problem, src, weights, static_cast<std::int64_t>(i)));
        }
    }
}

/// 1 in bfloat16 is the upper half of 1 in float32; 9 of them are 9.
void test_bfloat16() {
    const Problem problem = dwconv::parse_problem("n1c5i6x7k3x3+bfloat16");
    const std::vector<std::uint16_t> src(count_of(problem.src_shape()), 0x3f80);
    const std::vector<std::uint16_t> weights(count_of(problem.weights_shape()), 0x3f80);
    std::vector<std::uint16_t> dst(count_of(problem.dst_shape()));
    const Dims shape = problem.dst_shape();
    dwconv::depthwise(problem, dense(src.data(), DataType::bfloat16, problem.src_shape()),
                      dense(weights.data(), DataType::bfloat16, problem.weights_shape()), {},
                      {dst.data(), DataType::bfloat16, shape, dwconv::c_order_strides(shape)});
    for (const std::uint16_t value : dst) CHECK(value == 0x4110);
}

void test_errors() {
    const Problem problem = dwconv::parse_problem("n1c5i6x7k3x3+int8");
    const std::vector<float> weights(count_of(problem.weights_shape()));
    CHECK(dwconv::check::throws<dwconv::InvalidType>(
        [&] { const Plan plan(problem, {weights.data(), problem.weights_shape()}); }));
}

}  // namespace

int main() {
    test_integers("n2c3i9x10k3x3p1+int8>int32");
    test_integers("n1c40i50x51k3x3p1+int8>int32");
    test_integers("n1c2i40x40k33x33p2+int8>int32");
    test_bfloat16();
    test_errors();
}
