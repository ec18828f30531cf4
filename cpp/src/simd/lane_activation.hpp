#pragma once

// Activations of whole vectors: NaN stays NaN, ±infinity gives the limit; the formulas are those of
// Activation::operator(). See lanes.hpp on linkage.

#include "dwconv/activation.hpp"
#include "simd/lane_math.hpp"

namespace dwconv::simd {
namespace {

/// v · gate, where a gate of 0 wins over an infinite v but not over NaN.
inline Floats gated(Floats v, Floats gate) {
    const Floats shut = v == v ? Floats{} : v;
    return gate == 0.0f ? shut : v * gate;
}

template <class Function>
inline void apply(float* data, std::int64_t count, const Function& function) {
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes) store(data + i, function(load(data + i)));
    if (i < count) {
        store_part(data + i, function(load_part(data + i, count - i)), count - i);
    }
}

/// Replaces `count` numbers by their activation. The clamping kinds are not for here.
void activate(const Activation& activation, float* data, std::int64_t count) {
    const float alpha = activation.alpha;
    const float beta = activation.beta;
    switch (activation.kind) {
        case ActivationKind::none:
        case ActivationKind::relu:
        case ActivationKind::clip:
            return;
        case ActivationKind::leaky_relu:
            return apply(data, count, [=](Floats v) { return v > 0.0f ? v : v * alpha; });
        case ActivationKind::sigmoid:
            return apply(data, count, [](Floats v) { return sigmoid(v); });
        case ActivationKind::tanh:
            return apply(data, count, [](Floats v) { return tanh(v); });
        case ActivationKind::swish:
            // 0 · inf must not make a NaN where alpha is 0.
            if (alpha == 0.0f) return apply(data, count, [](Floats v) { return v * 0.5f; });
            return apply(data, count, [=](Floats v) { return gated(v, sigmoid(alpha * v)); });
        case ActivationKind::hardswish:
            return apply(data, count, [=](Floats v) {
                Floats gate = alpha == 0.0f ? splat(beta) : v * alpha + beta;
                gate = gate < 0.0f ? Floats{} : gate;
                gate = gate > 1.0f ? splat(1.0f) : gate;
                return gated(v, gate);
            });
        case ActivationKind::gelu_erf:
            return apply(data, count, [](Floats v) { return gated(v, normal_distribution(v)); });
        case ActivationKind::gelu_tanh:
            return apply(data, count, [](Floats v) {
                // 1 + tanh(u) = 2 sigmoid(2 u), and 2 √(2/π) = 1.5957691.
                const Floats u = v * (v * v * 0.044715f + 1.0f) * 1.5957691216f;
                return gated(v, sigmoid(u));
            });
        case ActivationKind::elu:
            return apply(data, count, [=](Floats v) {
                const Floats below = v > 0.0f ? Floats{} : v;
                return v > 0.0f ? v : expm1(below) * alpha;
            });
    }
}

}  // namespace
}  // namespace dwconv::simd
