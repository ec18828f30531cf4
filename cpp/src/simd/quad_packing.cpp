#include <algorithm>
#include <cmath>
#include <cstring>

#include "simd/quad_convolution.hpp"

// Weights, biases and multipliers in the order in which the kernels read them.

namespace dwconv::simd {

/// The channel of a place in the packed arrays.
std::int64_t QuadConvolution::channel_at(std::int64_t place) const noexcept {
    if (is_planes()) return place;
    // The inverse of place_in_block().
    const std::int64_t at = place % quad_block;
    const std::int64_t element = at % 16 / 4 * 16 + at / 16 * 4 + at % 4;
    return (place - at + element) % channels_;
}

std::size_t QuadConvolution::packed_size() const noexcept {
    const std::int64_t numbers = 3 + most_parts * kernel_rows_ * groups();
    return static_cast<std::size_t>(quad_block + places_ * numbers);
}

/// For each place its multiplier, what sums begin with, and its bias; then weights, for each plane
/// or block those of all taps.
void QuadConvolution::pack(const QuadWeights& weights, float* packed) const {
    const std::int64_t taps = kernel_rows_ * kernel_columns_;
    Header header = {1, 0, weights.src_zero, weights.dst_zero};
    // The zero point of a source as its bytes are multiplied, which is that of uint8.
    const std::int64_t zero = weights.src_zero + (src_signed_ ? 128 : 0);
    float least = 0.0f;
    float most = 0.0f;
    std::vector<std::uint32_t> first_sums;
    for (std::int64_t c = 0; c < channels_; ++c) {
        const float* const own = weights.weights + c * taps;
        std::int64_t sum = 0;
        std::int64_t magnitude = 0;
        for (std::int64_t t = 0; t < taps; ++t) {
            least = std::min(least, own[t]);
            most = std::max(most, own[t]);
            sum += static_cast<std::int64_t>(own[t]);
            magnitude += static_cast<std::int64_t>(std::abs(own[t]));
        }
        const std::int64_t bias = weights.bias == nullptr ? 0 : weights.bias[c];
        if (255 * magnitude + std::abs(bias) > largest_sum) header.wide = 1;
        // Sums are made in 32 bits, of which what is beyond is lost on the way to no harm.
        first_sums.push_back(static_cast<std::uint32_t>(-zero * sum));
    }
    while (least < -128.0f * static_cast<float>(header.parts) ||
           most > 127.0f * static_cast<float>(header.parts)) {
        ++header.parts;
    }
    std::memcpy(packed, &header, sizeof header);
    float* const multipliers = packed + quad_block;
    auto* const begin = reinterpret_cast<std::int32_t*>(multipliers + places_);
    std::int32_t* const biases = begin + places_;
    const std::vector<std::int32_t> quads = quads_of(weights, header.parts);
    const std::int64_t count = header.parts * kernel_rows_ * groups();
    const std::int64_t group = is_planes() ? 1 : quad_block;
    for (std::int64_t place = 0; place < places_; ++place) {
        const std::int64_t c = channel_at(place);
        const std::int32_t bias = weights.bias == nullptr ? 0 : weights.bias[c];
        multipliers[place] = weights.multipliers[c];
        biases[place] = bias;
        const auto added = header.wide != 0 ? 0 : static_cast<std::uint32_t>(bias);
        begin[place] = static_cast<std::int32_t>(first_sums[static_cast<std::size_t>(c)] + added);
        std::int32_t* to = biases + places_ + place / group * group * count + place % group;
        for (std::int64_t quad = 0; quad < count; ++quad, to += group) {
            *to = quads[static_cast<std::size_t>(c * count + quad)];
        }
    }
}

/// Weights as sums of so many int8: {channels, parts, rows, groups}.
std::vector<std::int32_t> QuadConvolution::quads_of(const QuadWeights& weights,
                                                    std::int64_t parts) const {
    const std::int64_t quads = kernel_rows_ * groups();
    std::vector<std::int32_t> packed(static_cast<std::size_t>(channels_ * parts * quads));
    for (std::int64_t c = 0; c < channels_; ++c) {
        for (std::int64_t quad = 0; quad < quads; ++quad) {
            const std::int64_t first = quad % groups() * quad_taps;
            const float* const own =
                weights.weights + (c * kernel_rows_ + quad / groups()) * kernel_columns_ + first;
            std::int32_t rest[quad_taps] = {};
            for (std::int64_t t = 0; t < std::min(quad_taps, kernel_columns_ - first); ++t) {
                rest[t] = static_cast<std::int32_t>(own[t]);
            }
            for (std::int64_t part = 0; part < parts; ++part) {
                std::int8_t bytes[quad_taps];
                for (std::int64_t t = 0; t < quad_taps; ++t) {
                    bytes[t] = static_cast<std::int8_t>(std::clamp(rest[t], -128, 127));
                    rest[t] -= bytes[t];
                }
                const std::int64_t at = (c * parts + part) * quads + quad;
                std::memcpy(&packed[static_cast<std::size_t>(at)], bytes, sizeof bytes);
            }
        }
    }
    return packed;
}

}  // namespace dwconv::simd
