#include "strategy/fill.hpp"

namespace dwconv::strategy {

void fill_with_bias(const MutableTensorView& dst, const float* bias, const Activation& activation) {
    for (std::int64_t c = 0; c < dst.shape[1]; ++c) {
        const auto value = static_cast<float>(activation(bias != nullptr ? bias[c] : 0.0));
        float* const channel = dst.floats() + c * dst.strides[1];
        for (std::int64_t n = 0; n < dst.shape[0]; ++n) {
            for (std::int64_t h = 0; h < dst.shape[2]; ++h) {
                float* const row = channel + n * dst.strides[0] + h * dst.strides[2];
                for (std::int64_t w = 0; w < dst.shape[3]; ++w) row[w * dst.strides[3]] = value;
            }
        }
    }
}

}  // namespace dwconv::strategy
