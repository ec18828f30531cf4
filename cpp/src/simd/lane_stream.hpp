#pragma once

// See lanes.hpp on linkage.

#include <immintrin.h>

#include "simd/lanes.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

/// Stores a vector past the caches, to a multiple of its size; finish_streaming() comes after all.
DWCONV_INLINE void stream(float* to, Floats values) {
#if defined(__AVX512F__)
    _mm512_stream_ps(to, reinterpret_cast<__m512>(values));
#elif defined(__AVX2__)
    _mm256_stream_ps(to, reinterpret_cast<__m256>(values));
#else
    _mm_stream_ps(to, reinterpret_cast<__m128>(values));
#endif
}

}  // namespace
}  // namespace dwconv::simd
