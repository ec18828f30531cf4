#include "dwconv/transposed.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "check.hpp"
#include "dwconv/errors.hpp"
#include "transposed_reference.hpp"

namespace {

using namespace dwconv;
using check::integers;
using check::rounded;
using check::scattered;
using check::throws;

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
    for (const std::string& text : check::problems) {
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
        check::check_orders(
            src_shape, src, dst_shape, rounded(sums),
            [&](const PlanOptions& options) {
                return TransposedPlan(problem, kernel, biases, options);
            },
            [&](const TensorView& from, const MutableTensorView& to, const PlanOptions& options) {
                transposed(problem, from, kernel, biases, to, options);
            });
    }
}

void test_errors() {
    const Problem problem = parse_problem("n1c4i8x8k3s2p1");
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
    transposed.depthwise = parse_problem("n1c4i8x8k3s2p1+float16");
    const auto weights = integers(problem.weights_shape(), 2);
    const TensorView half(weights.data(), DataType::float16, problem.weights_shape(),
                          c_order_strides(problem.weights_shape()));
    CHECK(throws<InvalidType>([&] { TransposedPlan(transposed, half); }));
}

}  // namespace

int main() {
    test_transposed();
    test_errors();
}
