#pragma once

// What kernels of pairs have in common; see pairs.hpp, and lanes.hpp on linkage.

#include <immintrin.h>

#include "simd/pairs.hpp"
#include "simd/quad_lanes.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

DWCONV_INLINE __m256i splat_word(std::int64_t value) {
    return _mm256_set1_epi16(static_cast<short>(value));
}

/// Makes numbers of 16 bits, less their zero point, of bytes that are in both halves of a vector.
template <bool Signed>
class WordReader {
public:
    WordReader() = default;
    /// Each number of the byte at its place; what is not `inside` is 0.
    WordReader(__m256i places, __m256i inside, std::int32_t zero) {
        // A byte in the lower half of a number, or in the upper one, from where it is moved with
        // its sign; 0 in the other half, and in both of what is outside.
        const __m256i one = Signed
                                ? _mm256_or_si256(_mm256_slli_epi16(places, 8), splat_word(0x0080))
                                : _mm256_or_si256(places, splat_word(0x8000));
        order_ = _mm256_or_si256(one, _mm256_andnot_si256(inside, splat_word(-1)));
        zero_ = _mm256_and_si256(inside, splat_word(zero));
    }

    DWCONV_INLINE __m256i operator()(__m256i bytes) const {
        const __m256i words = _mm256_shuffle_epi8(bytes, order_);
        return _mm256_sub_epi16(Signed ? _mm256_srai_epi16(words, 8) : words, zero_);
    }

private:
    __m256i order_;
    __m256i zero_;
};

/// 0, 1, 2, …
DWCONV_INLINE __m256i word_places() {
    return _mm256_setr_epi16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

DWCONV_INLINE __m128i load_bytes(const std::uint8_t* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}

DWCONV_INLINE __m256i load_in_both(const std::uint8_t* from) {
    return _mm256_broadcastsi128_si256(load_bytes(from));
}

DWCONV_INLINE __m256i add_pairs(__m256i sums, __m256i src, __m256i weights) {
    return _mm256_add_epi32(sums, _mm256_madd_epi16(src, weights));
}

/// Makes numbers of 16 bits, with the zero point, of two vectors of sums, and bytes of those.
class SumWriter {
public:
    SumWriter(const PairShape& shape, const PairNumbers& numbers)
        : zero_(_mm256_set1_epi16(static_cast<short>(numbers.dst_zero))),
          is_signed_(shape.dst_signed),
          is_large_(numbers.is_large) {}

    /// What sums begin with.
    DWCONV_INLINE __m256i first(__m256i bias) const {
        return is_large_ ? _mm256_setzero_si256() : bias;
    }

    DWCONV_INLINE __m256i words(__m256i low, __m256i high, const __m256 (&multipliers)[2],
                                const __m256i (&bias)[2]) const {
        const auto rounded = [&](__m256i sums, int i) __attribute__((always_inline)) {
            if (__builtin_expect(is_large_, 0)) {
                return scaled(widened(sums, bias[i]), multipliers[i]);
            }
            return _mm256_cvtps_epi32(_mm256_mul_ps(to_floats(sums), multipliers[i]));
        };
        return _mm256_adds_epi16(_mm256_packs_epi32(rounded(low, 0), rounded(high, 1)), zero_);
    }

    DWCONV_INLINE __m256i bytes(__m256i low, __m256i high) const {
        return is_signed_ ? _mm256_packs_epi16(low, high) : _mm256_packus_epi16(low, high);
    }

private:
    __m256i zero_;
    bool is_signed_;
    bool is_large_;
};

}  // namespace
}  // namespace dwconv::simd
