#include "dwconv/separable_problem.hpp"

#include <string>

#include "dwconv/errors.hpp"
#include "dwconv/tensor_view.hpp"
#include "problem_depthwise.hpp"
#include "problem_types.hpp"

namespace dwconv {

Problem SeparableProblem::pointwise() const {
    if (depthwise.spatial.size() != 2) {
        throw Unsupported({"src", "2 spatial dimensions (others are not supported yet)",
                           std::to_string(depthwise.spatial.size())});
    }
    Problem problem;
    problem.batch = depthwise.batch;
    problem.channels = depthwise.out_channels();
    problem.groups = 1;
    problem.multiplier = outputs;
    problem.spatial = depthwise.output_spatial();
    problem.kernel = Dims(problem.spatial.size(), 1);
    problem.bias = bias;
    problem.activation = activation;
    return problem.normalized();
}

void SeparableProblem::validate() const {
    require_depthwise(depthwise);
    require_float32(depthwise, "in a separable convolution");
    depthwise.validate();
    pointwise().validate();
}

std::int64_t SeparableProblem::flops() const { return depthwise.flops() + pointwise().flops(); }

std::int64_t SeparableProblem::nbytes() const {
    const std::int64_t between = element_count(depthwise.dst_shape()) *
                                 static_cast<std::int64_t>(size_of(depthwise.dst_dtype));
    return depthwise.nbytes() + pointwise().nbytes() - 2 * between;
}

std::string to_string(const SeparableProblem& problem) {
    std::string text = to_string(problem.depthwise) + ">" + std::to_string(problem.outputs);
    if (problem.bias) text += "+bias";
    if (problem.activation) text += "+" + to_string(problem.activation);
    return text;
}

}  // namespace dwconv
