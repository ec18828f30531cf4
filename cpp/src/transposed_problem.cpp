#include "dwconv/transposed_problem.hpp"

#include <algorithm>

#include "dwconv/errors.hpp"
#include "dwconv/layout.hpp"
#include "dwconv/tensor_view.hpp"
#include "problem_depthwise.hpp"
#include "problem_size.hpp"

namespace dwconv {

namespace {

bool are_sizes(const Dims& dims, std::size_t rank) {
    return dims.size() == rank && std::all_of(dims.begin(), dims.end(), is_size);
}

std::int64_t extent(const Problem& problem, std::size_t dim) {
    return (problem.kernel[dim] - 1) * problem.dilation[dim] + 1;
}

/// Of the convolution, whose source the result is, it would be called that.
void require_result(const Problem& problem, const Dims& result) {
    for (std::size_t i = 0; i < result.size(); ++i) {
        if (result[i] <= size_limit) continue;
        throw InvalidArgument({extent(problem, i) > size_limit ? "dilation" : "stride",
                               "a result of spatial sizes from 1 to " + std::to_string(size_limit),
                               "spatial sizes " + to_string(result)});
    }
}

void require_output_padding(const TransposedProblem& asked, const Problem& problem) {
    if (asked.output_padding.empty()) return;
    if (asked.output_padding.size() != problem.spatial.size()) {
        throw InvalidArgument(
            {"output_padding",
             "one entry per spatial dimension (" + std::to_string(problem.spatial.size()) + ")",
             to_string(asked.output_padding)});
    }
    for (std::size_t i = 0; i < problem.spatial.size(); ++i) {
        const std::int64_t limit = std::max(problem.stride[i], problem.dilation[i]);
        const std::int64_t given = asked.output_padding[i];
        if (given >= 0 && given < limit) continue;
        throw InvalidArgument({"output_padding",
                               "from 0 to " + std::to_string(limit - 1) +
                                   ", less than the stride or the dilation, in spatial dimension " +
                                   std::to_string(i),
                               std::to_string(given)});
    }
}

}  // namespace

void TransposedProblem::validate() const {
    const Problem problem = depthwise.normalized();
    require_depthwise(problem);
    const std::size_t rank = problem.spatial.size();
    if (!are_sizes(problem.spatial, rank) || !are_sizes(problem.kernel, rank) ||
        !are_sizes(problem.stride, rank) || !are_sizes(problem.dilation, rank) ||
        problem.padding.size() != rank) {
        problem.validate();
    }
    require_output_padding(*this, problem);
    // Of the convolution whose source is the destination here.
    Problem convolution = problem;
    convolution.spatial = output_spatial();
    for (std::size_t i = 0; i < rank; ++i) {
        if (convolution.spatial[i] >= 1) continue;
        throw InvalidArgument(
            {"padding",
             "padding that leaves an element of the result in spatial dimension " +
                 std::to_string(i),
             std::to_string(problem.padding[i].low) + " and " +
                 std::to_string(problem.padding[i].high)});
    }
    require_result(problem, convolution.spatial);
    require_addressable("dst", dst_shape());
    convolution.validate();
}

Dims TransposedProblem::output_spatial() const {
    const Problem problem = depthwise.normalized();
    Dims output;
    for (std::size_t i = 0; i < problem.spatial.size(); ++i) {
        output.push_back((problem.spatial[i] - 1) * problem.stride[i] - problem.padding[i].low -
                         problem.padding[i].high + extent(problem, i) +
                         (output_padding.empty() ? 0 : output_padding[i]));
    }
    return output;
}

Dims TransposedProblem::dst_shape() const {
    Dims shape = {depthwise.batch, depthwise.out_channels()};
    for (const std::int64_t size : output_spatial()) shape.push_back(size);
    return shape;
}

std::int64_t TransposedProblem::flops() const {
    return 2 * element_count(depthwise.src_shape()) * depthwise.multiplier *
           element_count(depthwise.kernel);
}

std::int64_t TransposedProblem::nbytes() const {
    const std::int64_t elements =
        element_count(depthwise.src_shape()) + element_count(depthwise.weights_shape()) +
        element_count(dst_shape()) + (depthwise.bias ? depthwise.out_channels() : 0);
    return elements * static_cast<std::int64_t>(size_of(depthwise.src_dtype));
}

std::string to_string(const TransposedProblem& problem) {
    std::string text = "transposed:" + to_string(problem.depthwise);
    const Dims& more = problem.output_padding;
    if (std::all_of(more.begin(), more.end(), [](std::int64_t value) { return value == 0; })) {
        return text;
    }
    for (std::size_t i = 0; i < more.size(); ++i) {
        text += (i == 0 ? "+o" : "x") + std::to_string(more[i]);
    }
    return text;
}

TransposedProblem padded_by(PaddingRule rule, const TransposedProblem& asked) {
    TransposedProblem padded = asked;
    padded.depthwise = asked.depthwise.normalized();
    Problem& problem = padded.depthwise;
    if (rule == PaddingRule::causal) {
        problem.padding = padding_by(rule, problem);
        return padded;
    }
    Problem convolution = problem;
    padded.output_padding = {};
    for (std::size_t i = 0; i < problem.spatial.size(); ++i) {
        if (!asked.output_padding.empty() && asked.output_padding[i] != 0) {
            throw InvalidArgument({"output_padding",
                                   "0 where the padding is 'same', as the result has the size of "
                                   "the source times the stride",
                                   to_string(asked.output_padding)});
        }
        const std::int64_t stride = std::clamp<std::int64_t>(problem.stride[i], 1, size_limit);
        const std::int64_t size = std::clamp<std::int64_t>(problem.spatial[i], 0, size_limit);
        convolution.spatial[i] = size * stride;
        padded.output_padding.push_back(std::max<std::int64_t>(stride - extent(problem, i), 0));
    }
    problem.padding = padding_by(rule, convolution);
    return padded;
}

}  // namespace dwconv
