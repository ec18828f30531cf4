#include "plan/kept_weights.hpp"

#include <cstring>

namespace dwconv {

namespace {

/// 256 KiB: larger ones take longer to run than to pack, and a thread should not hold much.
constexpr std::size_t most_floats = 64 * 1024;

std::size_t bytes_of(const TensorView& view) noexcept {
    if (view.data == nullptr) return 0;
    return static_cast<std::size_t>(element_count(view.shape)) * size_of(view.dtype);
}

bool same_bits(const char* kept, const TensorView& view) noexcept {
    return view.data == nullptr || std::memcmp(kept, view.data, bytes_of(view)) == 0;
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
    return bias.dtype == bias_dtype_ && same_bits(plain_, weights) &&
           same_bits(plain_ + bytes_of(weights), bias);
}

strategy::PackedWeights KeptWeights::packed(
    const std::shared_ptr<const strategy::Prepared>& prepared, const TensorView& weights,
    const TensorView& bias) {
    if (are(prepared, weights, bias)) return packed_;
    plain_ = nullptr;
    const auto& strategy = static_cast<const strategy::Strategy&>(*prepared);
    packed_ = strategy.pack(weights, bias, packed_memory_.reserve(strategy.packed_size()));
    const std::size_t bytes = bytes_of(weights) + bytes_of(bias);
    auto* const plain =
        reinterpret_cast<char*>(plain_memory_.reserve((bytes + sizeof(float) - 1) / sizeof(float)));
    std::memcpy(plain, weights.data, bytes_of(weights));
    if (bias.data != nullptr) std::memcpy(plain + bytes_of(weights), bias.data, bytes_of(bias));
    bias_dtype_ = bias.dtype;
    prepared_ = prepared;
    plain_ = plain;
    return packed_;
}

}  // namespace dwconv
