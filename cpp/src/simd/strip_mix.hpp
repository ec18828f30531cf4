#pragma once

// The loops of the 1×1 half. Included once by each file that is compiled for an instruction set;
// see lanes.hpp on linkage.

#include "simd/cache_line.hpp"
#include "simd/lane_activation.hpp"
#include "simd/lane_clamp.hpp"
#include "simd/lane_stream.hpp"
#include "simd/strip.hpp"

namespace dwconv::simd {
namespace {

/// Sums of so many pixels and vectors of outputs are in registers at once: with the weights of a
/// channel they fill 16 of them but one.
constexpr int mix_pixels = 6;
constexpr int mix_vectors = 2;
constexpr std::int64_t mix_panel = mix_vectors * lanes;

/// Where in a row of a strip, and in a panel.
struct MixPlace {
    const float* src;
    const float* weights;
    const float* bias;
    float* dst;
    const float* ahead;
};

template <int Pixels, int Vectors, bool Clamps>
DWCONV_INLINE void mix_tile(const StripMix& s, const MixPlace& place) {
    // A few lines with each tile: many at once would fill the queue of what the cache waits for.
    unroll<Pixels>([&](auto pixel) __attribute__((always_inline)) {
        __builtin_prefetch(place.ahead + pixel.value * line_floats);
    });
    Floats sums[Pixels][Vectors];
    unroll<Vectors>([&](auto v) __attribute__((always_inline)) {
        const Floats bias = load(place.bias + v.value * lanes);
        unroll<Pixels>([&](auto pixel)
                           __attribute__((always_inline)) { sums[pixel.value][v.value] = bias; });
    });
    const float* weights = place.weights;
    const float* const end = place.src + s.channels;
    for (const float* at = place.src; at != end; ++at, weights += Vectors * lanes) {
        Floats taps[Vectors];
        unroll<Vectors>([&](auto v) __attribute__((always_inline)) {
            taps[v.value] = load(weights + v.value * lanes);
        });
        unroll<Pixels>([&](auto pixel) __attribute__((always_inline)) {
            const Floats source = splat(at[pixel.value * s.channels]);
            unroll<Vectors>([&](auto v) __attribute__((always_inline)) {
                sums[pixel.value][v.value] += source * taps[v.value];
            });
        });
    }
    const Clamp<Clamps> clamp(*s.activation);
    unroll<Pixels>([&](auto pixel) __attribute__((always_inline)) {
        unroll<Vectors>([&](auto v) __attribute__((always_inline)) {
            float* const to = place.dst + pixel.value * s.outputs + v.value * lanes;
            const Floats value = clamp(sums[pixel.value][v.value]);
            if (s.streams) {
                stream(to, value);
            } else {
                store(to, value);
            }
        });
    });
}

/// Fewer pixels than a tile has.
template <int Pixels, int Vectors, bool Clamps>
void mix_rest(const StripMix& s, std::int64_t count, const MixPlace& place) {
    if constexpr (Pixels > 0) {
        if (count == Pixels) {
            mix_tile<Pixels, Vectors, Clamps>(s, place);
        } else {
            mix_rest<Pixels - 1, Vectors, Clamps>(s, count, place);
        }
    }
}

template <int Vectors, bool Clamps>
void mix_in_panel(const StripMix& s, MixPlace& place) {
    std::int64_t left = s.pixels;
    for (; left >= mix_pixels; left -= mix_pixels) {
        mix_tile<mix_pixels, Vectors, Clamps>(s, place);
        place.src += mix_pixels * s.channels;
        place.dst += mix_pixels * s.outputs;
        if (place.ahead < s.ahead_end) place.ahead += mix_pixels * line_floats;
    }
    mix_rest<mix_pixels - 1, Vectors, Clamps>(s, left, place);
}

template <bool Clamps>
void mix_panels(const StripMix& s) {
    MixPlace place = {s.src, s.weights, s.bias, s.dst, s.ahead};
    for (std::int64_t output = 0; output < s.outputs; output += mix_panel) {
        place.src = s.src;
        place.weights = s.weights + output * s.channels;
        place.bias = s.bias + output;
        place.dst = s.dst + output;
        if (s.outputs - output < mix_panel) {
            mix_in_panel<1, Clamps>(s, place);
        } else {
            mix_in_panel<mix_vectors, Clamps>(s, place);
        }
    }
}

void mix_strip(const StripMix& s) {
    if (s.activation->clamps) {
        mix_panels<true>(s);
        return;
    }
    mix_panels<false>(s);
    activate(s.activation->activation, s.dst, s.pixels * s.outputs);
}

}  // namespace
}  // namespace dwconv::simd
