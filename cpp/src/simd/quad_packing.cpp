#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "simd/quad_convolution.hpp"

// Weights, biases and multipliers in the order in which the kernels read them.

namespace dwconv::simd {

namespace {

using Taps = std::array<std::int32_t, quad_taps>;

/// Takes as much of weights as int8 hold, and as two of them may have with one sign.
std::array<std::int8_t, quad_taps> take_quad(Taps& rest, std::int64_t most_of_pair) {
    std::array<std::int8_t, quad_taps> bytes;
    for (std::size_t pair = 0; pair < bytes.size(); pair += 2) {
        std::int32_t least = std::numeric_limits<std::int8_t>::min();
        std::int32_t most = std::numeric_limits<std::int8_t>::max();
        const auto taken = [&](std::size_t t) { return std::clamp(rest[t], least, most); };
        const std::int32_t a = taken(pair);
        const std::int32_t b = taken(pair + 1);
        if (std::max(a, 0) + std::max(b, 0) > most_of_pair ||
            std::min(a, 0) + std::min(b, 0) < -most_of_pair) {
            most = static_cast<std::int32_t>(most_of_pair / 2);
            least = -most;
        }
        for (const std::size_t t : {pair, pair + 1}) {
            bytes[t] = static_cast<std::int8_t>(taken(t));
            rest[t] -= bytes[t];
        }
    }
    return bytes;
}

}  // namespace

/// The channel of a place in the packed arrays.
std::int64_t QuadConvolution::channel_at(std::int64_t place) const noexcept {
    if (is_planes()) return place;
    const std::int64_t at = place % block_length();
    return (place - at + element_at(at, kernels_->width)) % channels_;
}

std::size_t QuadConvolution::packed_size() const noexcept {
    const std::int64_t numbers = 3 + most_parts * kernel_rows_ * groups();
    return static_cast<std::size_t>(header_floats + places_ * numbers);
}

/// For each place its multiplier, what sums begin with, and its bias; then weights, for each plane
/// or block those of all taps.
void QuadConvolution::pack(const ByteWeights& weights, float* packed) const {
    const std::int64_t taps = kernel_rows_ * kernel_columns_;
    const std::vector<Cut> cuts = cuts_of(weights);
    Header header = {1, 0, weights.src_zero, weights.dst_zero};
    for (const Cut& cut : cuts) header.parts = std::max(header.parts, cut.parts);
    // The zero point of a source as its bytes are multiplied, which is that of uint8.
    const std::int64_t zero = weights.src_zero + (src_signed_ ? 128 : 0);
    std::vector<std::uint32_t> first_sums;
    for (std::int64_t c = 0; c < channels_; ++c) {
        const float* const own = weights.weights + c * taps;
        std::int64_t sum = 0;
        for (std::int64_t t = 0; t < taps; ++t) sum += static_cast<std::int64_t>(own[t]);
        if (weights.largest_sum(c, taps) > largest_sum) header.wide = 1;
        // Sums are made in 32 bits, of which what is beyond is lost on the way to no harm.
        first_sums.push_back(static_cast<std::uint32_t>(-zero * sum));
    }
    std::memcpy(packed, &header, sizeof header);
    float* const multipliers = packed + header_floats;
    auto* const begin = reinterpret_cast<std::int32_t*>(multipliers + places_);
    std::int32_t* const biases = begin + places_;
    const std::int64_t quads = kernel_rows_ * groups();
    const std::int64_t count = header.parts * quads;
    const std::int64_t group = is_planes() ? 1 : block_length();
    for (std::int64_t place = 0; place < places_; ++place) {
        const std::int64_t c = channel_at(place);
        const std::int32_t bias = weights.bias == nullptr ? 0 : weights.bias[c];
        multipliers[place] = weights.multipliers[c];
        biases[place] = bias;
        const auto added = header.wide != 0 ? 0 : static_cast<std::uint32_t>(bias);
        begin[place] = static_cast<std::int32_t>(first_sums[static_cast<std::size_t>(c)] + added);
        std::int32_t* to = biases + places_ + place / group * group * count + place % group;
        for (std::int64_t i = 0; i < count; ++i, to += group) {
            *to = cuts[static_cast<std::size_t>(c * quads + i % quads)].quads[i / quads];
        }
    }
}

/// {channels, rows, groups}
std::vector<QuadConvolution::Cut> QuadConvolution::cuts_of(const ByteWeights& weights) const {
    std::vector<Cut> cuts;
    const std::int64_t rows = channels_ * kernel_rows_;
    cuts.reserve(static_cast<std::size_t>(rows * groups()));
    for (std::int64_t row = 0; row < rows; ++row) {
        const float* const own = weights.weights + row * kernel_columns_;
        for (std::int64_t first = 0; first < kernel_columns_; first += quad_taps) {
            Taps rest = {};
            for (std::int64_t t = first; t < std::min(first + quad_taps, kernel_columns_); ++t) {
                rest[static_cast<std::size_t>(t - first)] = static_cast<std::int32_t>(own[t]);
            }
            Cut cut;
            do {
                const auto bytes = take_quad(rest, kernels_->most_of_pair);
                std::memcpy(&cut.quads[cut.parts++], bytes.data(), bytes.size());
            } while (rest != Taps{});
            cuts.push_back(cut);
        }
    }
    return cuts;
}

}  // namespace dwconv::simd
