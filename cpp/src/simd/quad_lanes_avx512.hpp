#pragma once

// See quad_lanes.hpp.

#include <immintrin.h>

#include "simd/quads.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

typedef __m512i QuadInts;
typedef __m512 QuadFloats;
constexpr std::int64_t quad_width = 16;

/// Bits `begin` to `end`; none where the end is not beyond the beginning.
DWCONV_INLINE std::uint64_t bits_between(std::int64_t begin, std::int64_t end) {
    if (begin < 0) begin = 0;
    if (end > 64) end = 64;
    if (end <= begin) return 0;
    return (~std::uint64_t{0} >> (64 - (end - begin))) << begin;
}

DWCONV_INLINE QuadInts load_ints(const void* from) { return _mm512_loadu_si512(from); }
DWCONV_INLINE void store_ints(void* to, QuadInts values) { _mm512_storeu_si512(to, values); }
DWCONV_INLINE QuadInts splat_int(std::int32_t value) { return _mm512_set1_epi32(value); }
DWCONV_INLINE QuadInts splat_byte(std::uint8_t value) {
    return _mm512_set1_epi8(static_cast<char>(value));
}
DWCONV_INLINE QuadFloats load_floats(const float* from) { return _mm512_loadu_ps(from); }
DWCONV_INLINE QuadFloats splat_float(float value) { return _mm512_set1_ps(value); }
DWCONV_INLINE QuadInts flipped(QuadInts bytes, QuadInts flip) {
    return _mm512_xor_si512(bytes, flip);
}

/// Bytes of a row of `length` from `at` on; `fill` where that is outside.
DWCONV_INLINE QuadInts load_inside(const std::uint8_t* row, std::int64_t at, std::int64_t length,
                                   std::uint8_t fill) {
    return _mm512_mask_loadu_epi8(splat_byte(fill), bits_between(-at, length - at), row + at);
}

/// Adds to each number four products of bytes, of which those of `quads` have no sign.
DWCONV_INLINE QuadInts add_products(QuadInts sums, QuadInts quads, QuadInts weights) {
    return _mm512_dpbusd_epi32(sums, quads, weights);
}

DWCONV_INLINE QuadFloats to_floats(QuadInts sums) { return _mm512_maskz_cvtepi32_ps(0xffff, sums); }

/// The sums with what is still to be added, rounded once to float32.
DWCONV_INLINE QuadFloats widened(QuadInts sums, QuadInts bias) {
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
DWCONV_INLINE QuadInts scaled(QuadFloats sums, QuadFloats multipliers) {
    // The instruction for rounding makes of what is too large the smallest number.
    const QuadFloats most = _mm512_set1_ps(65536.0f);
    const QuadFloats products = _mm512_mul_ps(sums, multipliers);
    return _mm512_maskz_cvtps_epi32(0xffff, _mm512_maskz_min_ps(0xffff, products, most));
}

/// A block as bytes, saturated after the zero point is added; `Ordered`: of elements in the order
/// of element_at().
template <bool Ordered>
DWCONV_INLINE QuadInts as_bytes(const QuadResult& result, const QuadInts (&values)[block_vectors]) {
    const __m512i zero = _mm512_set1_epi16(static_cast<short>(result.zero));
    const __m512i low = _mm512_adds_epi16(_mm512_packs_epi32(values[0], values[1]), zero);
    const __m512i high = _mm512_adds_epi16(_mm512_packs_epi32(values[2], values[3]), zero);
    const __m512i bytes =
        result.is_signed ? _mm512_packs_epi16(low, high) : _mm512_packus_epi16(low, high);
    if constexpr (Ordered) return bytes;
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    return _mm512_maskz_permutexvar_epi32(0xffff, order, bytes);
}

/// Stores the first `count` bytes, fewer than a block.
DWCONV_INLINE void store_bytes(std::uint8_t* to, QuadInts bytes, std::int64_t count) {
    _mm512_mask_storeu_epi8(to, ~std::uint64_t{0} >> (64 - count), bytes);
}

/// Interleaves blocks of as many taps as a quad has, in the order of element_at().
DWCONV_INLINE void interleave(const QuadInts (&taps)[quad_taps], Quad* to) {
    const __m512i low = _mm512_unpacklo_epi8(taps[0], taps[1]);
    const __m512i high = _mm512_unpackhi_epi8(taps[0], taps[1]);
    const __m512i low_too = _mm512_unpacklo_epi8(taps[2], taps[3]);
    const __m512i high_too = _mm512_unpackhi_epi8(taps[2], taps[3]);
    _mm512_storeu_si512(to, _mm512_unpacklo_epi16(low, low_too));
    _mm512_storeu_si512(to + 16, _mm512_unpackhi_epi16(low, low_too));
    _mm512_storeu_si512(to + 32, _mm512_unpacklo_epi16(high, high_too));
    _mm512_storeu_si512(to + 48, _mm512_unpackhi_epi16(high, high_too));
}

}  // namespace
}  // namespace dwconv::simd
