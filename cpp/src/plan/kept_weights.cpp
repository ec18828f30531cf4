#include "plan/kept_weights.hpp"

#include <algorithm>
#include <cstring>

namespace dwconv {

namespace {

/// 256 KiB: larger ones take longer to run than to pack, and a thread should not hold much.
constexpr std::size_t most_floats = 64 * 1024;

std::int64_t bias_count(const TensorView& bias) noexcept {
    return bias.data == nullptr ? 0 : element_count(bias.shape);
}

bool same_bits(const float* a, const float* b, std::int64_t count) noexcept {
    return std::memcmp(a, b, sizeof(float) * static_cast<std::size_t>(count)) == 0;
}

}  // namespace

bool KeptWeights::can_keep(const strategy::Strategy& strategy, const TensorView& weights,
                           const TensorView& bias) noexcept {
    return strategy.packed_size() <= most_floats && is_c_order(weights) &&
           (bias.data == nullptr || is_c_order(bias));
}

bool KeptWeights::are(const std::shared_ptr<const strategy::Prepared>& prepared,
                      const TensorView& weights, const TensorView& bias) const noexcept {
    // The problem, and so all sizes, are the strategy's.
    const bool same_strategy =
        !prepared_.owner_before(prepared) && !prepared.owner_before(prepared_);
    if (plain_ == nullptr || !same_strategy) return false;
    const std::int64_t count = element_count(weights.shape);
    return same_bits(plain_, weights.floats(), count) &&
           (bias.data == nullptr || same_bits(plain_ + count, bias.floats(), bias_count(bias)));
}

strategy::PackedWeights KeptWeights::packed(
    const std::shared_ptr<const strategy::Prepared>& prepared, const TensorView& weights,
    const TensorView& bias) {
    if (are(prepared, weights, bias)) return packed_;
    plain_ = nullptr;
    const auto& strategy = static_cast<const strategy::Strategy&>(*prepared);
    packed_ = strategy.pack(weights, bias, packed_memory_.reserve(strategy.packed_size()));
    const std::int64_t count = element_count(weights.shape);
    const std::int64_t biases = bias_count(bias);
    float* const plain = plain_memory_.reserve(static_cast<std::size_t>(count + biases));
    std::copy_n(weights.floats(), count, plain);
    if (biases != 0) std::copy_n(bias.floats(), biases, plain + count);
    prepared_ = prepared;
    plain_ = plain;
    return packed_;
}

}  // namespace dwconv
