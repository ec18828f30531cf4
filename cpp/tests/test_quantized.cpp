#include <cstdint>
#include <limits>
#include <vector>

#include "check.hpp"
#include "dwconv/dwconv.hpp"

namespace {

using dwconv::DataType;
using dwconv::Dims;
using dwconv::QuantizedProblem;
using dwconv::TensorView;

TensorView dense(const void* data, DataType dtype, const Dims& shape) {
    return {data, dtype, shape, dwconv::c_order_strides(shape)};
}

std::size_t count_of(const Dims& shape) {
    return static_cast<std::size_t>(dwconv::element_count(shape));
}

QuantizedProblem example() {
    QuantizedProblem problem;
    problem.depthwise = dwconv::parse_problem("n1c2i5x6k3x3p1+uint8*int8>int8");
    problem.quantization.src_scale = 0.5f;
    problem.quantization.src_zero_point = 100;
    problem.quantization.weights_scale = {0.5f, 0.25f};
    problem.quantization.weights_zero_point = {1, -2};
    problem.quantization.dst_scale = 2.0f;
    problem.quantization.dst_zero_point = -3;
    return problem;
}

/// (102 - 100) · (3 - zero point) of so many taps as are in the source, and the bias.
void test_values() {
    const QuantizedProblem problem = example();
    const dwconv::Problem& shapes = problem.depthwise;
    const std::vector<std::uint8_t> src(count_of(shapes.src_shape()), 102);
    const std::vector<std::int8_t> weights(count_of(shapes.weights_shape()), 3);
    const std::vector<std::int32_t> bias = {4, 1};
    std::vector<std::int8_t> dst(count_of(shapes.dst_shape())), again(dst.size());
    const Dims shape = shapes.dst_shape();
    const dwconv::MutableTensorView result(dst.data(), DataType::int8, shape,
                                           dwconv::c_order_strides(shape));
    const TensorView source = dense(src.data(), DataType::uint8, shapes.src_shape());
    const TensorView kernels = dense(weights.data(), DataType::int8, shapes.weights_shape());
    const TensorView biases = dense(bias.data(), DataType::int32, {2});
    dwconv::quantized(problem, source, kernels, biases, result);
    // Of 9 taps 36 + 4, of 6 24 + 4, of 4 16 + 4, an eighth: 5, 3.5 and 2.5, ties to even.
    CHECK(dst[7] == 5 - 3 && dst[1] == 4 - 3 && dst[0] == 2 - 3);
    // Of 9 taps 90 + 1, a sixteenth: 5.6875; of 4 40 + 1: 2.5625.
    CHECK(dst[37] == 6 - 3 && dst[30] == 3 - 3);

    const dwconv::QuantizedPlan plan(problem, kernels, biases);
    plan.execute(source, {again.data(), DataType::int8, shape, dwconv::c_order_strides(shape)});
    CHECK(again == dst);
    CHECK(plan.problem().depthwise.bias);
    CHECK(plan.problem().quantization == problem.quantization);
    CHECK(plan.strategy() == dwconv::StrategyKind::converted);
}

void test_value_type() {
    const QuantizedProblem problem = example();
    CHECK(problem == example());
    CHECK(to_string(problem) == "quantized:n1c2i5x6k3x3p1+uint8*int8>int8");
    CHECK(problem.quantization.multiplier(1) == 0.0625f);
    for (int field = 0; field < 7; ++field) {
        QuantizedProblem other = problem;
        if (field == 0) other.depthwise.batch = 2;
        if (field == 1) other.quantization.src_scale = 1.0f;
        if (field == 2) other.quantization.src_zero_point = 1;
        if (field == 3) other.quantization.weights_scale = {0.5f, 0.5f};
        if (field == 4) other.quantization.weights_zero_point = {1};
        if (field == 5) other.quantization.dst_scale = 1.0f;
        if (field == 6) other.quantization.dst_zero_point = 0;
        CHECK(other != problem);
    }
}

void test_errors() {
    using dwconv::check::throws;
    QuantizedProblem problem = example();
    problem.quantization.dst_scale = std::numeric_limits<float>::infinity();
    CHECK(throws<dwconv::InvalidArgument>([&] { problem.validate(); }));
    problem = example();
    problem.quantization.weights_zero_point = {1, 2, 3};
    CHECK(throws<dwconv::InvalidArgument>([&] { problem.validate(); }));
    problem = example();
    problem.depthwise.dst_dtype = DataType::int32;
    CHECK(throws<dwconv::InvalidType>([&] { problem.validate(); }));
    problem = example();
    problem.depthwise.activation = dwconv::parse_activation("relu");
    CHECK(throws<dwconv::Unsupported>([&] { problem.validate(); }));
}

}  // namespace

int main() {
    test_values();
    test_value_type();
    test_errors();
}
