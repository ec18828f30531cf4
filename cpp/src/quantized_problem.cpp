#include "dwconv/quantized_problem.hpp"

#include <cmath>
#include <cstddef>
#include <sstream>

#include "dwconv/errors.hpp"
#include "problem_depthwise.hpp"

namespace dwconv {

namespace {

std::string text_of(float value) {
    std::ostringstream text;
    text << value;
    return text.str();
}

void require_byte(const char* argument, DataType dtype) {
    if (dtype == DataType::int8 || dtype == DataType::uint8) return;
    throw InvalidType({argument, "int8 or uint8", std::string(to_string(dtype))});
}

void require_scale(const char* argument, float scale) {
    if (std::isfinite(scale) && scale > 0.0f) return;
    throw InvalidArgument({argument, "finite in float32 and greater than 0", text_of(scale)});
}

void require_zero_point(const char* argument, std::int32_t zero_point, DataType dtype) {
    const bool is_signed = dtype == DataType::int8;
    const std::int32_t least = is_signed ? -128 : 0;
    const std::int32_t most = is_signed ? 127 : 255;
    if (zero_point >= least && zero_point <= most) return;
    throw InvalidArgument({argument,
                           "from " + std::to_string(least) + " to " + std::to_string(most) +
                               ", a number of " + std::string(to_string(dtype)),
                           std::to_string(zero_point)});
}

void require_count(const char* argument, std::size_t count, std::int64_t channels) {
    if (count == 1 || static_cast<std::int64_t>(count) == channels) return;
    throw InvalidArgument({argument, "one number or shape (" + std::to_string(channels) + ",)",
                           "shape (" + std::to_string(count) + ",)"});
}

void require_quantization(const Quantization& asked, const Problem& problem) {
    const std::int64_t channels = problem.out_channels();
    require_scale("src_scale", asked.src_scale);
    require_zero_point("src_zero_point", asked.src_zero_point, problem.src_dtype);
    require_count("weights_scale", asked.weights_scale.size(), channels);
    for (const float scale : asked.weights_scale) require_scale("weights_scale", scale);
    require_count("weights_zero_point", asked.weights_zero_point.size(), channels);
    for (const std::int32_t zero_point : asked.weights_zero_point) {
        require_zero_point("weights_zero_point", zero_point, problem.weights_dtype);
    }
    require_scale("dst_scale", asked.dst_scale);
    require_zero_point("dst_zero_point", asked.dst_zero_point, problem.dst_dtype);
    for (const float scale : asked.weights_scale) {
        const float product = asked.src_scale * scale;
        if (!std::isfinite(product)) {
            throw InvalidArgument({"src_scale",
                                   "a scale whose product with that of the weights is finite in "
                                   "float32",
                                   text_of(asked.src_scale) + " times " + text_of(scale)});
        }
        if (std::isfinite(product / asked.dst_scale)) continue;
        throw InvalidArgument({"dst_scale",
                               "a scale by which the product of the other two can be divided in "
                               "float32",
                               text_of(product) + " divided by " + text_of(asked.dst_scale)});
    }
}

}  // namespace

float Quantization::multiplier(std::int64_t channel) const noexcept {
    const std::size_t own = weights_scale.size() == 1 ? 0 : static_cast<std::size_t>(channel);
    return src_scale * weights_scale[own] / dst_scale;
}

bool Quantization::operator==(const Quantization& other) const noexcept {
    return src_scale == other.src_scale && src_zero_point == other.src_zero_point &&
           weights_scale == other.weights_scale && weights_zero_point == other.weights_zero_point &&
           dst_scale == other.dst_scale && dst_zero_point == other.dst_zero_point;
}

void QuantizedProblem::validate() const {
    const Problem problem = depthwise.normalized();
    require_depthwise(problem);
    require_byte("src", problem.src_dtype);
    require_byte("weights", problem.weights_dtype);
    require_byte("out_dtype", problem.dst_dtype);
    if (problem.activation) {
        throw Unsupported({"activation", "none where the result is quantized, which saturates",
                           to_string(problem.activation)});
    }
    problem.validate();
    require_quantization(quantization, problem);
}

std::string to_string(const QuantizedProblem& problem) {
    return "quantized:" + to_string(problem.depthwise);
}

}  // namespace dwconv
