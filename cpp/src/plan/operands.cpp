#include "plan/operands.hpp"

#include <algorithm>

#include "dwconv/errors.hpp"
#include "dwconv/layout.hpp"
#include "dwconv/runtime.hpp"
#include "plan/lift.hpp"

namespace dwconv {

namespace {

void require_type(const char* argument, DataType given, DataType expected) {
    if (given == expected) return;
    throw InvalidType({argument, std::string(to_string(expected)), std::string(to_string(given))});
}

/// Of integers int32, as it is added to exact sums; else float32, or the type of the source.
void require_bias_type(const Problem& problem, DataType given) {
    if (is_integer(problem.src_dtype)) return require_type("bias", given, DataType::int32);
    if (given == DataType::float32 || given == problem.src_dtype) return;
    std::string expected = "float32";
    if (problem.src_dtype != DataType::float32) {
        expected += " or " + std::string(to_string(problem.src_dtype));
    }
    throw InvalidType({"bias", expected, std::string(to_string(given))});
}

void require_shape(const char* argument, const Dims& given, const Dims& expected) {
    if (given == expected) return;
    throw InvalidArgument({argument, "shape " + to_string(expected), to_string(given)});
}

void require_memory(const char* argument, const void* data, const Dims& shape) {
    if (data != nullptr || element_count(shape) == 0) return;
    throw InvalidArgument({argument, "an array", "a null pointer"});
}

TensorView checked_weights(const Problem& problem, const TensorView& weights) {
    require_type("weights", weights.dtype, problem.weights_dtype);
    const Dims shape = problem.weights_shape();
    const TensorView canonical =
        weights.shape == shape ? weights
        : problem.is_depthwise()
            ? canonical_weights(weights, problem.channels, problem.spatial.size())
            : canonical_weights(weights, problem.channels, problem.groups, problem.spatial.size());
    require_shape("weights", canonical.shape, shape);
    require_memory("weights", canonical.data, canonical.shape);
    return canonical;
}

}  // namespace

void require_channels(const char* argument, const TensorView& given, const Problem& problem) {
    require_shape(argument, given.shape, {problem.out_channels()});
    require_memory(argument, given.data, given.shape);
}

Operands::Operands(const Problem& asked, const TensorView& given_weights,
                   const TensorView& given_bias)
    : problem(asked.normalized()), bias(given_bias) {
    if (problem.add) {
        throw InvalidArgument({"add", "a problem that adds nothing, as no array to add is given",
                               "'" + to_string(problem) + "'"});
    }
    problem.bias = is_given(bias);
    problem.scale = problem.shift = false;
    problem.validate();
    weights = lifted(checked_weights(problem, given_weights));
    if (!problem.bias) return;
    require_bias_type(problem, bias.dtype);
    require_channels("bias", bias, problem);
}

strategy::Request request_of(const Problem& problem, const PlanOptions& options) {
    if (options.threads < 0) {
        throw InvalidArgument({"threads", "at least 1", std::to_string(options.threads)});
    }
    if (options.tune && options.strategy != StrategyKind::automatic) {
        throw InvalidArgument({"tune", "no tuning of a strategy that is given",
                               "'" + std::string(to_string(options.strategy)) + "' to be tuned"});
    }
    const int threads = options.threads == 0 ? get_num_threads() : options.threads;
    return {lifted(problem), options.src_order, options.dst_order, threads};
}

void require_no_choice(const PlanOptions& options, const char* pass) {
    if (!options.tune && options.strategy == StrategyKind::automatic) return;
    throw Unsupported({options.tune ? "tune" : "strategy", "none for " + std::string(pass),
                       options.tune ? std::string("true")
                                    : "'" + std::string(to_string(options.strategy)) + "'"});
}

template <class View>
void require_array(const char* argument, const View& given, DataType dtype, const Dims& shape) {
    require_type(argument, given.dtype, dtype);
    require_shape(argument, given.shape, shape);
    require_memory(argument, given.data, given.shape);
}
template void require_array(const char*, const TensorView&, DataType, const Dims&);
template void require_array(const char*, const MutableTensorView&, DataType, const Dims&);

ArrayForms::ArrayForms(const Problem& problem)
    : src_dtype_(problem.src_dtype),
      src_shape_(problem.src_shape()),
      dst_dtype_(problem.dst_dtype),
      dst_shape_(problem.dst_shape()) {}

void ArrayForms::require(const TensorView& src, const MutableTensorView& dst) const {
    require_array(src_name_, src, src_dtype_, src_shape_);
    require_array(dst_name_, dst, dst_dtype_, dst_shape_);
}

void ArrayForms::require_add(const TensorView& add) const {
    require_array("add", add, dst_dtype_, dst_shape_);
}

}  // namespace dwconv
