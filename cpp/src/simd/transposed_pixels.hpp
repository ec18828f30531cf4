#pragma once

// The loops for channels-last memory, with the channels as lanes. Included once by each file that
// is compiled for an instruction set; see lanes.hpp on linkage.

#include "simd/lane_row.hpp"
#include "simd/transposed.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

/// Some vectors of channels of one pixel.
template <int Vectors>
DWCONV_INLINE void make_pixel(const TransposedPixels& p, std::int64_t column, std::int64_t channel,
                              float* dst) {
    Floats sums[Vectors];
    unroll<Vectors>([&](auto v) __attribute__((always_inline)) {
        sums[v.value] = p.bias == nullptr ? Floats{} : load(p.bias + channel + v.value * lanes);
    });
    const std::int64_t end = p.first[column + 1];
    for (std::int64_t r = 0; r < p.rows; ++r) {
        const float* const src = p.src[r] + channel;
        const float* const weights = p.weights[r] + channel;
        for (std::int64_t t = p.first[column]; t < end; ++t) {
            const float* const pixel = src + p.src_offsets[t];
            const float* const taps = weights + p.weight_offsets[t];
            unroll<Vectors>([&](auto v) __attribute__((always_inline)) {
                sums[v.value] += load(pixel + v.value * lanes) * load(taps + v.value * lanes);
            });
        }
    }
    unroll<Vectors>([&](auto v) __attribute__((always_inline)) {
        store(dst + channel + v.value * lanes, sums[v.value]);
    });
}

void transposed_pixels(const TransposedPixels& p) {
    for (std::int64_t column = 0; column < p.columns; ++column) {
        float* const dst = p.dst + column * p.channels;
        std::int64_t channel = 0;
        for (; channel + 4 * lanes <= p.channels; channel += 4 * lanes) {
            make_pixel<4>(p, column, channel, dst);
        }
        for (; channel + lanes <= p.channels; channel += lanes) {
            make_pixel<1>(p, column, channel, dst);
        }
        // The last vector is made of whole ones, too: some of its channels twice.
        if (channel < p.channels) make_pixel<1>(p, column, p.channels - lanes, dst);
    }
    activate_row(*p.activation, p.dst, p.columns * p.channels);
}

}  // namespace
}  // namespace dwconv::simd
