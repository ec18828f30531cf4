#pragma once

// The innermost loops over quads; see quads.hpp, and lanes.hpp on linkage.

#include "simd/quad_lanes.hpp"
#include "simd/quads.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

template <bool Each>
DWCONV_INLINE QuadInts load_integers(const std::int32_t* from, std::int64_t vector) {
    if constexpr (Each) return load_ints(from + vector * quad_width);
    return splat_int(*from);
}

template <bool Each>
DWCONV_INLINE QuadFloats load_multipliers(const float* from, std::int64_t vector) {
    if constexpr (Each) return load_floats(from + vector * quad_width);
    return splat_float(*from);
}

/// The first `count` elements from `begin` on, of a block of `Vectors` vectors, with these weights,
/// biases and multipliers: one each for all elements, or for each element one.
template <int Vectors, bool Each>
DWCONV_INLINE void convolve_block(const QuadRun& run, std::int64_t begin, std::int64_t phase,
                                  std::int64_t count) {
    const std::int64_t element = Each ? phase * quad_block : 0;
    constexpr std::int64_t pitch = Each ? quad_block : 1;
    QuadInts sums[Vectors];
    unroll<Vectors>([&](auto vector) __attribute__((always_inline)) {
        sums[vector.value] = load_integers<Each>(run.bias + element, vector.value);
    });
    const std::int32_t* weights = run.weights + element * run.taps;
    const std::int64_t* offset = run.offsets;
    const auto add = [&](int tap) __attribute__((always_inline)) {
        const Quad* const quads = run.quads + offset[tap] + begin;
        unroll<Vectors>([&](auto vector) __attribute__((always_inline)) {
            sums[vector.value] =
                add_products(sums[vector.value], load_ints(quads + vector.value * quad_width),
                             load_integers<Each>(weights + tap * pitch, vector.value));
        });
    };
    // As many at a time as the usual kernels have in a column.
    constexpr int some = 3;
    std::int64_t left = run.taps;
    for (; left >= some; left -= some) {
        unroll<some>([&](auto tap) __attribute__((always_inline)) { add(tap.value); });
        offset += some;
        weights += some * pitch;
    }
    for (; left > 0; --left) {
        add(0);
        ++offset;
        weights += pitch;
    }
    QuadInts values[block_vectors] = {};
    const QuadResult& result = run.result;
    unroll<Vectors>([&](auto vector) __attribute__((always_inline)) {
        constexpr int v = decltype(vector)::value;
        const QuadFloats sum =
            result.wide_bias == nullptr
                ? to_floats(sums[v])
                : widened(sums[v], load_integers<Each>(result.wide_bias + element, v));
        values[v] = scaled(sum, load_multipliers<Each>(result.multipliers + element, v));
    });
    const QuadInts bytes = as_bytes<Each>(result, values);
    std::uint8_t* const dst = run.dst + begin;
    if (count >= quad_block) {
        store_ints(dst, bytes);
    } else {
        store_bytes(dst, bytes, count);
    }
}

/// One plane.
void convolve_plane(const QuadRun& run) {
    std::int64_t i = 0;
    for (; i + quad_block <= run.count; i += quad_block) {
        convolve_block<block_vectors, false>(run, i, 0, quad_block);
    }
    const std::int64_t rest = run.count - i;
    if (rest > 3 * quad_width) return convolve_block<4, false>(run, i, 0, rest);
    if (rest > 2 * quad_width) return convolve_block<3, false>(run, i, 0, rest);
    if (rest > quad_width) return convolve_block<2, false>(run, i, 0, rest);
    if (rest > 0) convolve_block<1, false>(run, i, 0, rest);
}

/// Of channels-last memory.
void convolve_row(const QuadRun& run) {
    std::int64_t phase = run.phase;
    for (std::int64_t i = 0; i < run.count; i += quad_block) {
        convolve_block<block_vectors, true>(run, i, phase, run.count - i);
        if (++phase == run.period) phase = 0;
    }
}

void convolve_quads(const QuadRun& run) {
    if (run.period != 0) return convolve_row(run);
    QuadRun own = run;
    for (std::int64_t plane = 0; plane < run.planes; ++plane) {
        convolve_plane(own);
        own.quads += run.quad_plane_pitch;
        own.dst += run.dst_plane_pitch;
        own.weights += run.taps;
        ++own.bias;
        ++own.result.multipliers;
        if (own.result.wide_bias != nullptr) ++own.result.wide_bias;
    }
}

}  // namespace
}  // namespace dwconv::simd
