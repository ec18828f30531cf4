#pragma once

// What of a vector's integers is told apart by instruction set. See lanes.hpp on linkage.

#include <immintrin.h>

#include "simd/lanes.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

DWCONV_INLINE Ints bits_of(Floats values) { return reinterpret_cast<Ints>(values); }
DWCONV_INLINE Floats floats_of(Ints bits) { return reinterpret_cast<Floats>(bits); }
DWCONV_INLINE Floats to_floats(Ints values) { return __builtin_convertvector(values, Floats); }

/// The first bytes of a vector from memory.
template <class Vector>
DWCONV_INLINE Vector load_bytes(const void* from, std::size_t bytes) {
    Vector values{};
    std::memcpy(&values, from, bytes);
    return values;
}

#if defined(__AVX512F__)

// With masks of all lanes: GCC 12 takes the forms without for uses of a variable that was never
// set.
constexpr __mmask16 all_lanes = 0xffff;

DWCONV_INLINE Ints widen_int8(const void* from) {
    return reinterpret_cast<Ints>(
        _mm512_maskz_cvtepi8_epi32(all_lanes, load_bytes<__m128i>(from, 16)));
}
DWCONV_INLINE Ints widen_uint8(const void* from) {
    return reinterpret_cast<Ints>(
        _mm512_maskz_cvtepu8_epi32(all_lanes, load_bytes<__m128i>(from, 16)));
}
DWCONV_INLINE Ints widen_uint16(const void* from) {
    return reinterpret_cast<Ints>(
        _mm512_maskz_cvtepu16_epi32(all_lanes, load_bytes<__m256i>(from, 32)));
}
DWCONV_INLINE bool any_is_nan(Floats a, Floats b) {
    return _mm512_cmp_ps_mask(reinterpret_cast<__m512>(a), reinterpret_cast<__m512>(b),
                              _CMP_UNORD_Q) != 0;
}
/// Rounded to nearest even; what no int32 holds becomes the smallest.
DWCONV_INLINE Ints to_ints(Floats values) {
    return reinterpret_cast<Ints>(
        _mm512_maskz_cvtps_epi32(all_lanes, reinterpret_cast<__m512>(values)));
}
/// Two vectors of int16 values, in one.
DWCONV_INLINE Ints join_int16(Ints low, Ints high) {
    const __m512i packed =
        _mm512_packs_epi32(reinterpret_cast<__m512i>(low), reinterpret_cast<__m512i>(high));
    const __m512i order = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);
    return reinterpret_cast<Ints>(_mm512_maskz_permutexvar_epi64(0xff, order, packed));
}
/// Four vectors, each value saturated, in one.
template <bool Signed>
DWCONV_INLINE Ints join_bytes(Ints a, Ints b, Ints c, Ints d) {
    const __m512i low =
        _mm512_packs_epi32(reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b));
    const __m512i high =
        _mm512_packs_epi32(reinterpret_cast<__m512i>(c), reinterpret_cast<__m512i>(d));
    const __m512i packed = Signed ? _mm512_packs_epi16(low, high) : _mm512_packus_epi16(low, high);
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    return reinterpret_cast<Ints>(_mm512_maskz_permutexvar_epi32(all_lanes, order, packed));
}
DWCONV_INLINE Floats widen_float16(const void* from) {
    return reinterpret_cast<Floats>(
        _mm512_maskz_cvtph_ps(all_lanes, load_bytes<__m256i>(from, 32)));
}
DWCONV_INLINE Ints join_float16(Floats low, Floats high) {
    constexpr int nearest = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
    const __m256i a = _mm512_maskz_cvtps_ph(all_lanes, reinterpret_cast<__m512>(low), nearest);
    const __m256i b = _mm512_maskz_cvtps_ph(all_lanes, reinterpret_cast<__m512>(high), nearest);
    return reinterpret_cast<Ints>(_mm512_maskz_inserti64x4(0xff, _mm512_castsi256_si512(a), b, 1));
}

#elif defined(__AVX2__)

DWCONV_INLINE Ints widen_int8(const void* from) {
    return reinterpret_cast<Ints>(_mm256_cvtepi8_epi32(load_bytes<__m128i>(from, 8)));
}
DWCONV_INLINE Ints widen_uint8(const void* from) {
    return reinterpret_cast<Ints>(_mm256_cvtepu8_epi32(load_bytes<__m128i>(from, 8)));
}
DWCONV_INLINE Ints widen_uint16(const void* from) {
    return reinterpret_cast<Ints>(_mm256_cvtepu16_epi32(load_bytes<__m128i>(from, 16)));
}
DWCONV_INLINE bool any_is_nan(Floats a, Floats b) {
    return _mm256_movemask_ps(_mm256_cmp_ps(reinterpret_cast<__m256>(a),
                                            reinterpret_cast<__m256>(b), _CMP_UNORD_Q)) != 0;
}
/// Rounded to nearest even; what no int32 holds becomes the smallest.
DWCONV_INLINE Ints to_ints(Floats values) {
    return reinterpret_cast<Ints>(_mm256_cvtps_epi32(reinterpret_cast<__m256>(values)));
}
/// Two vectors of int16 values, in one.
DWCONV_INLINE Ints join_int16(Ints low, Ints high) {
    const __m256i packed =
        _mm256_packs_epi32(reinterpret_cast<__m256i>(low), reinterpret_cast<__m256i>(high));
    return reinterpret_cast<Ints>(_mm256_permute4x64_epi64(packed, 0b11'01'10'00));
}
/// Four vectors, each value saturated, in one.
template <bool Signed>
DWCONV_INLINE Ints join_bytes(Ints a, Ints b, Ints c, Ints d) {
    const __m256i low =
        _mm256_packs_epi32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b));
    const __m256i high =
        _mm256_packs_epi32(reinterpret_cast<__m256i>(c), reinterpret_cast<__m256i>(d));
    const __m256i packed = Signed ? _mm256_packs_epi16(low, high) : _mm256_packus_epi16(low, high);
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    return reinterpret_cast<Ints>(_mm256_permutevar8x32_epi32(packed, order));
}
DWCONV_INLINE Floats widen_float16(const void* from) {
    return reinterpret_cast<Floats>(_mm256_cvtph_ps(load_bytes<__m128i>(from, 16)));
}
DWCONV_INLINE Ints join_float16(Floats low, Floats high) {
    constexpr int nearest = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
    const __m128i a = _mm256_cvtps_ph(reinterpret_cast<__m256>(low), nearest);
    const __m128i b = _mm256_cvtps_ph(reinterpret_cast<__m256>(high), nearest);
    return reinterpret_cast<Ints>(_mm256_set_m128i(b, a));
}

#else

/// Bytes or int16 in the upper part of each lane, as signed numbers, or else as unsigned ones.
DWCONV_INLINE __m128i bytes_in_upper_parts(const void* from) {
    const __m128i zero = _mm_setzero_si128();
    const __m128i bytes = load_bytes<__m128i>(from, 4);
    return _mm_unpacklo_epi16(zero, _mm_unpacklo_epi8(zero, bytes));
}
DWCONV_INLINE Ints widen_int8(const void* from) {
    return reinterpret_cast<Ints>(_mm_srai_epi32(bytes_in_upper_parts(from), 24));
}
DWCONV_INLINE Ints widen_uint8(const void* from) {
    return reinterpret_cast<Ints>(_mm_srli_epi32(bytes_in_upper_parts(from), 24));
}
DWCONV_INLINE Ints widen_uint16(const void* from) {
    return reinterpret_cast<Ints>(
        _mm_unpacklo_epi16(load_bytes<__m128i>(from, 8), _mm_setzero_si128()));
}
DWCONV_INLINE bool any_is_nan(Floats a, Floats b) {
    return _mm_movemask_ps(
               _mm_cmpunord_ps(reinterpret_cast<__m128>(a), reinterpret_cast<__m128>(b))) != 0;
}
/// Rounded to nearest even; what no int32 holds becomes the smallest.
DWCONV_INLINE Ints to_ints(Floats values) {
    return reinterpret_cast<Ints>(_mm_cvtps_epi32(reinterpret_cast<__m128>(values)));
}
/// Two vectors of int16 values, in one.
DWCONV_INLINE Ints join_int16(Ints low, Ints high) {
    return reinterpret_cast<Ints>(
        _mm_packs_epi32(reinterpret_cast<__m128i>(low), reinterpret_cast<__m128i>(high)));
}
/// Four vectors, each value saturated, in one.
template <bool Signed>
DWCONV_INLINE Ints join_bytes(Ints a, Ints b, Ints c, Ints d) {
    const __m128i low = _mm_packs_epi32(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b));
    const __m128i high =
        _mm_packs_epi32(reinterpret_cast<__m128i>(c), reinterpret_cast<__m128i>(d));
    return reinterpret_cast<Ints>(Signed ? _mm_packs_epi16(low, high)
                                         : _mm_packus_epi16(low, high));
}
/// Without an instruction for it.
DWCONV_INLINE Floats widen_float16(const void* from) {
    const Ints half = widen_uint16(from);
    const Ints sign = (half & 0x8000) << 16;
    const Ints magnitude = half & 0x7fff;
    // Exponents are 15 below their bits in the one type, and 127 in the other.
    const Ints normal = (magnitude << 13) + ((127 - 15) << 23);
    const Floats smallest = splat(0x1p-24f);
    const Ints subnormal = bits_of(to_floats(magnitude) * smallest);
    // Infinity and NaN, which is made a quiet one.
    const Ints special = (magnitude << 13) | 0x7f800000;
    const Ints quiet = (magnitude > 0x7c00) & 0x00400000;
    Ints bits = magnitude < 0x0400 ? subnormal : normal;
    bits = magnitude >= 0x7c00 ? (special | quiet) : bits;
    return floats_of(bits | sign);
}
DWCONV_INLINE Ints float16_of(Floats value) {
    const Ints bits = bits_of(value);
    const Ints magnitude = bits & 0x7fffffff;
    // Half of what is lost is added, less one where the last bit that stays is 0, so that ties
    // become even. A carry into the exponent is right, up to infinity.
    const Ints odd = (magnitude >> 13) & 1;
    const Ints normal = (magnitude - ((127 - 15) << 23) + 0x0fff + odd) >> 13;
    // Numbers from 1/2 to 1 are as far apart as the subnormal ones of the result: adding rounds.
    const Ints subnormal = bits_of(floats_of(magnitude) + 0.5f) - bits_of(splat(0.5f));
    const Ints nan = 0x7e00 | ((magnitude >> 13) & 0x03ff);
    Ints half = magnitude < 0x38800000 ? subnormal : normal;
    const Ints infinite = Ints{} + 0x7c00;
    half = magnitude >= 0x47800000 ? infinite : half;
    half = magnitude > 0x7f800000 ? nan : half;
    // As a signed number of 16 bits.
    return half | (bits & static_cast<std::int32_t>(0x80000000)) >> 16;
}
DWCONV_INLINE Ints join_float16(Floats low, Floats high) {
    return join_int16(float16_of(low), float16_of(high));
}

#endif

}  // namespace
}  // namespace dwconv::simd
