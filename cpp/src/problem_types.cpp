#include "problem_types.hpp"

#include <cmath>
#include <string>

#include "dwconv/errors.hpp"

namespace dwconv {

namespace {

bool is_half(DataType dtype) { return dtype == DataType::float16 || dtype == DataType::bfloat16; }

bool is_byte(DataType dtype) { return dtype == DataType::int8 || dtype == DataType::uint8; }

std::string text_of(DataType dtype) { return std::string(to_string(dtype)); }

void require_src(const Problem& problem) {
    const DataType src = problem.src_dtype;
    if (src == DataType::int32) {
        throw InvalidType({"src", "float32, float16, bfloat16, int8 or uint8", text_of(src)});
    }
}

void require_weights(const Problem& problem) {
    const DataType src = problem.src_dtype;
    const DataType weights = problem.weights_dtype;
    if (weights == src || (is_byte(src) && is_byte(weights))) return;
    const std::string expected = is_byte(src) ? "int8 or uint8, as `src` is " + text_of(src)
                                              : text_of(src) + ", the dtype of `src`";
    throw InvalidType({"weights", expected, text_of(weights)});
}

void require_dst(const Problem& problem) {
    const DataType src = problem.src_dtype;
    const DataType dst = problem.dst_dtype;
    if (dst == src || dst == DataType::float32) return;
    if (is_byte(src) && is_integer(dst)) return;
    if (src == DataType::float32 && is_half(dst)) return;
    const std::string expected = is_byte(src)               ? "int8, uint8, int32 or float32"
                                 : src == DataType::float32 ? "float32, float16 or bfloat16"
                                                            : text_of(src) + " or float32";
    throw InvalidType({"out_dtype", expected + " with `src` of " + text_of(src), text_of(dst)});
}

/// Of integers the exact sums are promised: what is applied to them must leave them integers.
void require_exact_activation(const Problem& problem) {
    const Activation& activation = problem.activation;
    if (problem.dst_dtype != DataType::int32 || !activation) return;
    if (activation.kind == ActivationKind::relu) return;
    const auto is_whole = [](float bound) { return std::trunc(bound) == bound; };
    if (activation.kind == ActivationKind::clip && is_whole(activation.alpha) &&
        is_whole(activation.beta)) {
        return;
    }
    throw InvalidArgument({"activation",
                           "none, 'relu', or a clip to whole numbers where the result is int32",
                           to_string(activation)});
}

}  // namespace

void require_types(const Problem& problem) {
    require_src(problem);
    if (!problem.is_depthwise()) require_float32(problem, "where a group has more than a channel");
    require_weights(problem);
    require_dst(problem);
    require_exact_activation(problem);
}

void require_float32(const Problem& problem, const char* what) {
    const auto require = [&](const char* argument, DataType dtype) {
        if (dtype == DataType::float32) return;
        throw InvalidType({argument, std::string("float32 ") + what, text_of(dtype)});
    };
    require("src", problem.src_dtype);
    require("weights", problem.weights_dtype);
    require("out_dtype", problem.dst_dtype);
}

}  // namespace dwconv
