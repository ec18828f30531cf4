#pragma once

// The innermost loops over quads; see quads.hpp, and lanes.hpp on linkage.

#include <immintrin.h>

#include "simd/quads.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

/// Numbers of 32 bits in a vector.
constexpr std::int64_t width = 16;
constexpr int block_vectors = static_cast<int>(quad_block / width);

template <bool Each>
DWCONV_INLINE __m512i load_integers(const std::int32_t* from, std::int64_t vector) {
    if constexpr (Each) return _mm512_loadu_si512(from + vector * width);
    return _mm512_set1_epi32(*from);
}

template <bool Each>
DWCONV_INLINE __m512 load_multipliers(const float* from, std::int64_t vector) {
    if constexpr (Each) return _mm512_loadu_ps(from + vector * width);
    return _mm512_set1_ps(*from);
}

/// The sums with what is still to be added, rounded once to float32.
DWCONV_INLINE __m512 widened(__m512i sums, __m512i bias) {
    const auto half = [](__m256i part, __m256i more) __attribute__((always_inline)) {
        const __m512d sum = _mm512_maskz_cvtepi32_pd(0xff, part);
        return _mm512_maskz_cvtpd_ps(0xff,
                                     _mm512_add_pd(sum, _mm512_maskz_cvtepi32_pd(0xff, more)));
    };
    const __m256 low = half(_mm512_maskz_extracti64x4_epi64(0xff, sums, 0),
                            _mm512_maskz_extracti64x4_epi64(0xff, bias, 0));
    const __m256 high = half(_mm512_maskz_extracti64x4_epi64(0xff, sums, 1),
                             _mm512_maskz_extracti64x4_epi64(0xff, bias, 1));
    return _mm512_maskz_insertf32x8(0xffff, _mm512_castps256_ps512(low), high, 1);
}

/// round(sum · multiplier), to nearest, ties to even; what is beyond int32 becomes a number beyond
/// int16.
DWCONV_INLINE __m512i scaled(__m512 sums, __m512 multipliers) {
    // The instruction for rounding makes of what is too large the smallest number.
    const __m512 most = _mm512_set1_ps(65536.0f);
    const __m512 products = _mm512_mul_ps(sums, multipliers);
    return _mm512_maskz_cvtps_epi32(0xffff, _mm512_maskz_min_ps(0xffff, products, most));
}

/// A block as bytes, saturated after the zero point is added; `Ordered`: of elements at their
/// place_in_block().
template <bool Ordered>
DWCONV_INLINE __m512i as_bytes(const QuadResult& result, const __m512i (&values)[block_vectors]) {
    const __m512i zero = _mm512_set1_epi16(static_cast<short>(result.zero));
    const __m512i low = _mm512_adds_epi16(_mm512_packs_epi32(values[0], values[1]), zero);
    const __m512i high = _mm512_adds_epi16(_mm512_packs_epi32(values[2], values[3]), zero);
    const __m512i bytes =
        result.is_signed ? _mm512_packs_epi16(low, high) : _mm512_packus_epi16(low, high);
    if constexpr (Ordered) return bytes;
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    return _mm512_maskz_permutexvar_epi32(0xffff, order, bytes);
}

/// The first `count` elements from `begin` on, of a block of `Vectors` vectors, with these weights,
/// biases and multipliers: one each for all elements, or for each element one.
template <int Vectors, bool Each>
DWCONV_INLINE void convolve_block(const QuadRun& run, std::int64_t begin, std::int64_t phase,
                                  std::int64_t count) {
    const std::int64_t element = Each ? phase * quad_block : 0;
    constexpr std::int64_t pitch = Each ? quad_block : 1;
    __m512i sums[Vectors];
    unroll<Vectors>([&](auto vector) __attribute__((always_inline)) {
        sums[vector.value] = load_integers<Each>(run.bias + element, vector.value);
    });
    const std::int32_t* weights = run.weights + element * run.taps;
    const std::int64_t* offset = run.offsets;
    const auto add = [&](int tap) __attribute__((always_inline)) {
        const Quad* const quads = run.quads + offset[tap] + begin;
        unroll<Vectors>([&](auto vector) __attribute__((always_inline)) {
            sums[vector.value] = _mm512_dpbusd_epi32(
                sums[vector.value], _mm512_loadu_si512(quads + vector.value * width),
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
    __m512i values[block_vectors] = {};
    const QuadResult& result = run.result;
    unroll<Vectors>([&](auto vector) __attribute__((always_inline)) {
        constexpr int v = decltype(vector)::value;
        const __m512 sum =
            result.wide_bias == nullptr
                ? _mm512_maskz_cvtepi32_ps(0xffff, sums[v])
                : widened(sums[v], load_integers<Each>(result.wide_bias + element, v));
        values[v] = scaled(sum, load_multipliers<Each>(result.multipliers + element, v));
    });
    const __m512i bytes = as_bytes<Each>(result, values);
    std::uint8_t* const dst = run.dst + begin;
    if (count >= quad_block) {
        _mm512_storeu_si512(dst, bytes);
    } else {
        _mm512_mask_storeu_epi8(dst, ~std::uint64_t{0} >> (quad_block - count), bytes);
    }
}

/// One plane.
void convolve_plane(const QuadRun& run) {
    std::int64_t i = 0;
    for (; i + quad_block <= run.count; i += quad_block) {
        convolve_block<block_vectors, false>(run, i, 0, quad_block);
    }
    const std::int64_t rest = run.count - i;
    if (rest > 3 * width) return convolve_block<4, false>(run, i, 0, rest);
    if (rest > 2 * width) return convolve_block<3, false>(run, i, 0, rest);
    if (rest > width) return convolve_block<2, false>(run, i, 0, rest);
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
