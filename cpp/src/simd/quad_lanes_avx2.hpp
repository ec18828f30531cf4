#pragma once

// See quad_lanes.hpp.

#include <immintrin.h>

#include <cstring>

#include "simd/quads.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

typedef __m256i QuadInts;
typedef __m256 QuadFloats;
constexpr std::int64_t quad_width = 8;

DWCONV_INLINE QuadInts load_ints(const void* from) {
    return _mm256_loadu_si256(static_cast<const __m256i*>(from));
}
DWCONV_INLINE void store_ints(void* to, QuadInts values) {
    _mm256_storeu_si256(static_cast<__m256i*>(to), values);
}
DWCONV_INLINE QuadInts splat_int(std::int32_t value) { return _mm256_set1_epi32(value); }
DWCONV_INLINE QuadInts splat_byte(std::uint8_t value) {
    return _mm256_set1_epi8(static_cast<char>(value));
}
DWCONV_INLINE QuadFloats load_floats(const float* from) { return _mm256_loadu_ps(from); }
DWCONV_INLINE QuadFloats splat_float(float value) { return _mm256_set1_ps(value); }
DWCONV_INLINE QuadInts flipped(QuadInts bytes, QuadInts flip) {
    return _mm256_xor_si256(bytes, flip);
}

/// Bytes of a row of `length` from `at` on; `fill` where that is outside.
DWCONV_INLINE QuadInts load_inside(const std::uint8_t* row, std::int64_t at, std::int64_t length,
                                   std::uint8_t fill) {
    constexpr std::int64_t size = sizeof(QuadInts);
    if (at >= 0 && at + size <= length) return load_ints(row + at);
    alignas(size) std::uint8_t bytes[size];
    store_ints(bytes, splat_byte(fill));
    const std::int64_t begin = at < 0 ? -at : 0;
    const std::int64_t end = at + size <= length ? size : length - at;
    if (begin < end) {
        std::memcpy(bytes + begin, row + at + begin, static_cast<std::size_t>(end - begin));
    }
    return load_ints(bytes);
}

/// Adds to each number four products of bytes, of which those of `quads` have no sign. Two of them
/// are added up in 16 bits on the way.
DWCONV_INLINE QuadInts add_products(QuadInts sums, QuadInts quads, QuadInts weights) {
    const __m256i pairs = _mm256_maddubs_epi16(quads, weights);
    return _mm256_add_epi32(sums, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

DWCONV_INLINE QuadFloats to_floats(QuadInts sums) { return _mm256_cvtepi32_ps(sums); }

/// The sums with what is still to be added, rounded once to float32.
DWCONV_INLINE QuadFloats widened(QuadInts sums, QuadInts bias) {
    const auto half = [](__m128i part, __m128i more) __attribute__((always_inline)) {
        return _mm256_cvtpd_ps(_mm256_add_pd(_mm256_cvtepi32_pd(part), _mm256_cvtepi32_pd(more)));
    };
    return _mm256_set_m128(
        half(_mm256_extracti128_si256(sums, 1), _mm256_extracti128_si256(bias, 1)),
        half(_mm256_castsi256_si128(sums), _mm256_castsi256_si128(bias)));
}

/// round(sum · multiplier), to nearest, ties to even; what is beyond int32 becomes a number beyond
/// int16.
DWCONV_INLINE QuadInts scaled(QuadFloats sums, QuadFloats multipliers) {
    // The instruction for rounding makes of what is too large the smallest number.
    const QuadFloats most = _mm256_set1_ps(65536.0f);
    return _mm256_cvtps_epi32(_mm256_min_ps(_mm256_mul_ps(sums, multipliers), most));
}

/// A block as bytes, saturated after the zero point is added; `Ordered`: of elements in the order
/// of element_at().
template <bool Ordered>
DWCONV_INLINE QuadInts as_bytes(const QuadResult& result, const QuadInts (&values)[block_vectors]) {
    const __m256i zero = _mm256_set1_epi16(static_cast<short>(result.zero));
    const __m256i low = _mm256_adds_epi16(_mm256_packs_epi32(values[0], values[1]), zero);
    const __m256i high = _mm256_adds_epi16(_mm256_packs_epi32(values[2], values[3]), zero);
    const __m256i bytes =
        result.is_signed ? _mm256_packs_epi16(low, high) : _mm256_packus_epi16(low, high);
    if constexpr (Ordered) return bytes;
    return _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
}

/// Stores the first `count` bytes, fewer than a block.
DWCONV_INLINE void store_bytes(std::uint8_t* to, QuadInts bytes, std::int64_t count) {
    __m128i rest = _mm256_castsi256_si128(bytes);
    if ((count & 16) != 0) {
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to), rest);
        rest = _mm256_extracti128_si256(bytes, 1);
        to += 16;
    }
    if ((count & 8) != 0) {
        _mm_storel_epi64(reinterpret_cast<__m128i*>(to), rest);
        rest = _mm_srli_si128(rest, 8);
        to += 8;
    }
    std::int64_t last = _mm_cvtsi128_si64(rest);
    for (int some = 4; some > 0; some /= 2) {
        if ((count & some) == 0) continue;
        std::memcpy(to, &last, static_cast<std::size_t>(some));
        last >>= 8 * some;
        to += some;
    }
}

/// Interleaves blocks of as many taps as a quad has, in the order of element_at().
DWCONV_INLINE void interleave(const QuadInts (&taps)[quad_taps], Quad* to) {
    const __m256i low = _mm256_unpacklo_epi8(taps[0], taps[1]);
    const __m256i high = _mm256_unpackhi_epi8(taps[0], taps[1]);
    const __m256i low_too = _mm256_unpacklo_epi8(taps[2], taps[3]);
    const __m256i high_too = _mm256_unpackhi_epi8(taps[2], taps[3]);
    store_ints(to, _mm256_unpacklo_epi16(low, low_too));
    store_ints(to + 8, _mm256_unpackhi_epi16(low, low_too));
    store_ints(to + 16, _mm256_unpacklo_epi16(high, high_too));
    store_ints(to + 24, _mm256_unpackhi_epi16(high, high_too));
}

}  // namespace
}  // namespace dwconv::simd
