#include "dwconv/inverted_residual_problem.hpp"

#include "dwconv/errors.hpp"
#include "dwconv/layout.hpp"
#include "dwconv/tensor_view.hpp"

namespace dwconv {

Problem InvertedResidualProblem::expand() const {
    const Problem& depthwise = separable.depthwise;
    Problem problem;
    problem.batch = depthwise.batch;
    problem.channels = channels;
    problem.groups = 1;
    problem.multiplier = depthwise.channels;
    problem.spatial = depthwise.spatial;
    problem.kernel = Dims(problem.spatial.size(), 1);
    problem.bias = expand_bias;
    problem.activation = expand_activation;
    return problem.normalized();
}

void InvertedResidualProblem::validate() const {
    separable.validate();
    const Problem first = expand();
    first.validate();
    const Dims dst = separable.pointwise().dst_shape();
    if (residual && first.src_shape() != dst) {
        throw InvalidArgument(
            {"residual", "false where the result has another shape than the source",
             "true with " + to_string(first.src_shape()) + " and " + to_string(dst)});
    }
}

std::int64_t InvertedResidualProblem::flops() const { return expand().flops() + separable.flops(); }

std::int64_t InvertedResidualProblem::nbytes() const {
    const std::int64_t expanded = element_count(separable.depthwise.src_shape()) *
                                  static_cast<std::int64_t>(size_of(separable.depthwise.src_dtype));
    return expand().nbytes() + separable.nbytes() - 2 * expanded;
}

std::string to_string(const InvertedResidualProblem& problem) {
    std::string text = std::to_string(problem.channels);
    if (problem.expand_bias) text += "+bias";
    if (problem.expand_activation) text += "+" + to_string(problem.expand_activation);
    text += ">" + to_string(problem.separable);
    return problem.residual ? text + "+src" : text;
}

}  // namespace dwconv
