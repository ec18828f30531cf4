#include <algorithm>
#include <cstring>

#include "simd/pair_convolution.hpp"

// Weights, biases and multipliers in the order in which the kernels read them.

namespace dwconv::simd {

namespace {

/// Of what is rounded to int32, and a little more for its roundings before.
constexpr float largest_sum = 2147400000.0f;

std::int32_t pair_of(float first, float second) {
    const std::int16_t pair[2] = {static_cast<std::int16_t>(first),
                                  static_cast<std::int16_t>(second)};
    std::int32_t both;
    std::memcpy(&both, pair, sizeof both);
    return both;
}

}  // namespace

std::int64_t PairConvolution::pairs_of_channel() const noexcept {
    return shape_.taps * shape_.pairs() * sharing_;
}

std::size_t PairConvolution::packed_size() const noexcept {
    return static_cast<std::size_t>(header_floats + places_ * (3 + pairs_of_channel()));
}

/// The channel of a place in the packed arrays.
std::int64_t PairConvolution::channel_of(std::int64_t place) const noexcept {
    if (is_planes_) return place;
    const std::int64_t group = place / pair_bytes * pair_bytes;
    return std::min(group, channels_ - pair_bytes) + channel_at(place % pair_bytes);
}

/// A pair of the weights of a channel; see PairNumbers on their order.
std::int32_t PairConvolution::weights_at(const float* weights, std::int64_t index) const {
    const std::int64_t taps = shape_.taps;
    const auto weight = [&](std::int64_t row, std::int64_t column) {
        const std::int64_t along = is_planes_ ? column : row;
        return along < 0 || along >= taps ? 0.0f : weights[row * taps + column];
    };
    if (is_planes_) {
        const std::int64_t row = index / (sharing_ * shape_.pairs());
        const std::int64_t parity = index / shape_.pairs() % sharing_;
        const std::int64_t column = 2 * (index % shape_.pairs()) - parity;
        return pair_of(weight(row, column), weight(row, column + 1));
    }
    const std::int64_t column = index / sharing_ % taps;
    const std::int64_t row = 2 * (index / (sharing_ * taps)) - index % sharing_;
    return pair_of(weight(row, column), weight(row + 1, column));
}

void PairConvolution::pack(const ByteWeights& weights, float* packed) const {
    const std::int64_t taps = shape_.taps * shape_.taps;
    Header header = {0, weights.src_zero, weights.dst_zero};
    for (std::int64_t c = 0; c < channels_; ++c) {
        const auto sum = static_cast<float>(weights.largest_sum(c, taps));
        if (std::max(sum, sum * weights.multipliers[c]) > largest_sum) header.is_large = 1;
    }
    std::memcpy(packed, &header, sizeof header);
    float* const multipliers = packed + header_floats;
    auto* const biases = reinterpret_cast<std::int32_t*>(multipliers + places_);
    std::int32_t* const pairs = biases + places_;
    const std::int64_t group = is_planes_ ? 1 : pair_bytes;
    for (std::int64_t place = 0; place < places_; ++place) {
        const std::int64_t c = channel_of(place);
        multipliers[place] = weights.multipliers[c];
        biases[place] = weights.bias == nullptr ? 0 : weights.bias[c];
        std::int32_t* to = pairs + place / group * group * pairs_of_channel() + place % group;
        for (std::int64_t i = 0; i < pairs_of_channel(); ++i, to += group) {
            *to = weights_at(weights.weights + c * taps, i);
        }
    }
}

PairNumbers PairConvolution::numbers_of(const float* packed) const {
    Header header;
    std::memcpy(&header, packed, sizeof header);
    const float* const multipliers = packed + header_floats;
    const auto* const biases = reinterpret_cast<const std::int32_t*>(multipliers + places_);
    return {header.src_zero, header.dst_zero,      multipliers,
            biases,          header.is_large != 0, biases + places_};
}

/// Those of a plane from a channel on.
PairNumbers PairConvolution::of_channel(PairNumbers numbers, std::int64_t channel) const {
    numbers.multipliers += channel;
    numbers.bias += channel;
    numbers.weights += channel * pairs_of_channel();
    return numbers;
}

}  // namespace dwconv::simd
