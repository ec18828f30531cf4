#include "plan/fold.hpp"

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

}  // namespace

bool is_affine(const Operands& operands) noexcept {
    return operands.problem.scale || operands.problem.shift;
}

std::size_t folded_size(const Operands& operands) noexcept {
    return static_cast<std::size_t>(element_count(operands.weights.shape) +
                                    4 * operands.problem.out_channels());
}

Operands folded(const Operands& operands, float* memory) {
    const std::int64_t channels = operands.problem.out_channels();
    const std::int64_t count = element_count(operands.weights.shape);
    const std::int64_t of_channel = count / channels;
    const bool has_bias = operands.problem.bias || operands.problem.shift;
    strategy::BoxConversion(operands.weights.dtype).widen(operands.weights, memory);
    float* const bias = memory + count;
    const Channels biases(operands.bias, bias + channels);
    const Channels scales(operands.scale, bias + 2 * channels);
    const Channels shifts(operands.shift, bias + 3 * channels);
    for (std::int64_t c = 0; c < channels; ++c) {
        double sum = biases[c];
        if (is_given(operands.scale)) {
            const auto scale = static_cast<float>(scales[c]);
            float* const weights = memory + c * of_channel;
            for (std::int64_t i = 0; i < of_channel; ++i) weights[i] *= scale;
            // The product of no bias with an infinite scale would be NaN.
            if (is_given(operands.bias)) sum *= scale;
        }
        if (is_given(operands.shift)) sum += shifts[c];
        if (has_bias) bias[c] = static_cast<float>(sum);
    }
    Operands plain = operands;
    plain.problem.scale = plain.problem.shift = false;
    plain.problem.bias = has_bias;
    plain.problem.weights_dtype = DataType::float32;
    plain.weights = TensorView(memory, operands.weights.shape);
    plain.bias = has_bias ? TensorView(bias, {channels}) : TensorView();
    plain.scale = plain.shift = TensorView();
    return plain;
}

}  // namespace dwconv
