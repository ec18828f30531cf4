#include "strategy/quantized_weights.hpp"

#include "strategy/box_conversion.hpp"

namespace dwconv::strategy {

std::vector<float> centred_weights(const TensorView& weights, const Quantization& quantization) {
    const std::int64_t count = element_count(weights.shape);
    std::vector<float> values = as_floats(weights);
    const std::int64_t taps = count / (weights.shape[0] * weights.shape[1]);
    for (std::int64_t i = 0; i < count; ++i) {
        values[static_cast<std::size_t>(i)] -=
            static_cast<float>(quantization.weights_zero(i / taps));
    }
    return values;
}

}  // namespace dwconv::strategy
