#include "plan/fold.hpp"

#include <string>

#include "dwconv/errors.hpp"
#include "strategy/box_conversion.hpp"

namespace dwconv {

namespace {

/// Numbers for each channel, of any type; all 0 where there are none.
class Channels {
public:
    /// `memory` has room for all of them.
    Channels(const TensorView& view, float* memory) : view_(view) {
        if (!is_given(view) || view.dtype == DataType::int32) return;
        strategy::BoxConversion(view.dtype).widen(view, memory);
        widened_ = memory;
    }
    double operator[](std::int64_t i) const {
        if (widened_ != nullptr) return widened_[i];
        if (!is_given(view_)) return 0.0;
        // float32 does not hold every integer.
        return static_cast<const std::int32_t*>(view_.data)[i * view_.strides[0]];
    }

private:
    const TensorView& view_;
    const float* widened_ = nullptr;
};

Problem without_add(Problem problem) {
    problem.add = false;
    return problem;
}

/// Returns whether it is there.
bool check(const char* argument, const TensorView& given, const Problem& problem) {
    if (!is_given(given)) return false;
    // Of integers too, as no integers are that are scaled.
    const bool same = given.dtype == problem.src_dtype && !is_integer(given.dtype);
    if (!same && given.dtype != DataType::float32) {
        throw InvalidType({argument, "float32", std::string(to_string(given.dtype))});
    }
    require_channels(argument, given, problem);
    return true;
}

}  // namespace

ConvOperands::ConvOperands(const Problem& problem, const ConvWeights& weights)
    : plain(without_add(problem), weights.weights, weights.bias),
      scale(weights.scale),
      shift(weights.shift) {
    plain.problem.add = problem.add;
    plain.problem.scale = check("scale", scale, plain.problem);
    plain.problem.shift = check("shift", shift, plain.problem);
}

Operands ConvOperands::folded(onednn::ScratchBuffer& memory) const {
    Operands made = plain;
    if (!plain.problem.scale && !plain.problem.shift) return made;
    const std::int64_t channels = plain.problem.out_channels();
    const std::int64_t count = element_count(plain.weights.shape);
    const std::int64_t of_channel = count / channels;
    float* const folded = memory.reserve(static_cast<std::size_t>(count + 4 * channels));
    float* const bias = folded + count;
    strategy::BoxConversion(plain.weights.dtype).widen(plain.weights, folded);
    const Channels biases(plain.bias, bias + channels);
    const Channels scales(scale, bias + 2 * channels);
    const Channels shifts(shift, bias + 3 * channels);
    made.problem.bias = plain.problem.bias || plain.problem.shift;
    for (std::int64_t c = 0; c < channels; ++c) {
        double sum = biases[c];
        if (plain.problem.scale) {
            const auto by = static_cast<float>(scales[c]);
            float* const own = folded + c * of_channel;
            for (std::int64_t i = 0; i < of_channel; ++i) own[i] *= by;
            // The product of no bias with an infinite scale would be NaN.
            if (plain.problem.bias) sum *= by;
        }
        bias[c] = static_cast<float>(sum + shifts[c]);
    }
    made.problem.scale = made.problem.shift = false;
    made.problem.weights_dtype = DataType::float32;
    made.weights = TensorView(folded, plain.weights.shape);
    if (made.problem.bias) made.bias = TensorView(bias, {channels});
    return made;
}

}  // namespace dwconv
