#include "dwconv/backward_weights.hpp"

#include <cstddef>

#include "dwconv/errors.hpp"
#include "dwconv/layout.hpp"
#include "plan/lift.hpp"
#include "plan/operands.hpp"
#include "plan/plan_cache.hpp"
#include "problem_depthwise.hpp"
#include "problem_types.hpp"
#include "strategy/backward_weights.hpp"

namespace dwconv {

namespace {

constexpr const char* weights_name = "diff_weights";
constexpr const char* bias_name = "diff_bias";

Problem checked(const Problem& asked, bool bias) {
    Problem problem = asked.normalized();
    require_depthwise(problem);
    require_float32(problem, "in a gradient");
    problem.activation = Activation();
    problem.bias = bias;
    problem.validate();
    return problem;
}

PlanKey key_of(const Problem& problem, const PlanOptions& options) {
    require_no_choice(options, "gradients");
    PlanKey key = {request_of(problem, options)};
    key.pass = strategy::Pass::backward_weights;
    return key;
}

/// {channels, multiplier, kernel…}
MutableTensorView canonical(const Problem& problem, const MutableTensorView& weights) {
    MutableTensorView view = weights;
    if (weights.shape != problem.weights_shape()) {
        try {
            const TensorView seen =
                canonical_weights(weights, problem.channels, problem.spatial.size());
            view.shape = seen.shape;
            view.strides = seen.strides;
        } catch (const InvalidArgument& error) {
            throw InvalidArgument(
                {weights_name, error.complaint().expected, error.complaint().given});
        }
    }
    require_array(weights_name, view, DataType::float32, problem.weights_shape());
    return view;
}

void fill_with_zeros(const MutableTensorView& view) {
    const std::int64_t count = element_count(view.shape);
    for (std::int64_t i = 0; i < count; ++i) {
        std::int64_t rest = i;
        std::int64_t at = 0;
        for (std::size_t dim = view.shape.size(); dim-- > 0; rest /= view.shape[dim]) {
            at += rest % view.shape[dim] * view.strides[dim];
        }
        view.floats()[at] = 0.0f;
    }
}

struct Arrays {
    TensorView src;
    TensorView diff_dst;
    MutableTensorView diff_weights;  ///< canonical
    MutableTensorView diff_bias;

    /// @throws InvalidArgument, InvalidType
    Arrays(const Problem& problem, const TensorView& given_src, const TensorView& given_diff_dst,
           const MutableTensorView& weights, const MutableTensorView& bias)
        : src(given_src),
          diff_dst(given_diff_dst),
          diff_weights(canonical(problem, weights)),
          diff_bias(bias) {
        const ArrayForms read(problem.src_shape(), problem.dst_shape(), "src", "diff_dst");
        read.require(src, {const_cast<void*>(diff_dst.data), diff_dst.dtype, diff_dst.shape,
                           diff_dst.strides});
        if (problem.bias) {
            require_array(bias_name, bias, DataType::float32, {problem.out_channels()});
        } else if (bias.data != nullptr) {
            throw InvalidArgument({bias_name, "no array, as the problem has no bias",
                                   "shape " + to_string(bias.shape)});
        }
    }

    void run(const strategy::BackwardWeights& strategy) const {
        if (src.shape[0] == 0) {
            fill_with_zeros(diff_weights);
            if (diff_bias.data != nullptr) fill_with_zeros(diff_bias);
            return;
        }
        strategy.run(lifted(src), lifted(diff_dst), lifted(diff_weights), diff_bias);
    }
};

}  // namespace

struct BackwardWeightsPlan::State {
    Problem problem;
    PlanKey key;
    std::shared_ptr<const strategy::BackwardWeights> strategy;

    State(const Problem& checked_problem, const PlanOptions& options)
        : problem(checked_problem),
          key(key_of(problem, options)),
          strategy(cached<strategy::BackwardWeights>(key)) {}
};

BackwardWeightsPlan::BackwardWeightsPlan(const Problem& problem, const PlanOptions& options)
    : state_(std::make_shared<const State>(checked(problem, problem.bias), options)) {}

void BackwardWeightsPlan::execute(const TensorView& src, const TensorView& diff_dst,
                                  const MutableTensorView& diff_weights,
                                  const MutableTensorView& diff_bias) const {
    const Arrays arrays(state_->problem, src, diff_dst, diff_weights, diff_bias);
    if (is_for(state_->key, src, diff_dst)) {
        arrays.run(*state_->strategy);
    } else {
        arrays.run(*cached<strategy::BackwardWeights>(key_for(state_->key, src, diff_dst)));
    }
}

const Problem& BackwardWeightsPlan::problem() const noexcept { return state_->problem; }
StrategyKind BackwardWeightsPlan::strategy() const noexcept { return state_->strategy->kind(); }
std::string BackwardWeightsPlan::implementation() const {
    return state_->strategy->implementation();
}
int BackwardWeightsPlan::threads() const noexcept { return state_->key.request.threads; }

void backward_weights(const Problem& problem, const TensorView& src, const TensorView& diff_dst,
                      const MutableTensorView& diff_weights, const MutableTensorView& diff_bias,
                      const PlanOptions& options) {
    const Problem asked = checked(problem, is_given(diff_bias));
    const Arrays arrays(asked, src, diff_dst, diff_weights, diff_bias);
    const PlanKey key = key_for(key_of(asked, options), src, diff_dst);
    arrays.run(*cached<strategy::BackwardWeights>(key));
}

}  // namespace dwconv
