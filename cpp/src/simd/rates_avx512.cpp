// Compiled for AVX-512 F, BW, DQ and VL.
#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif

#include "simd/rates_levels.hpp"

#include "simd/rates_loops.hpp"

namespace dwconv::simd {

namespace {

typedef float Sixteen __attribute__((vector_size(64)));

struct Fused {
    Sixteen operator()(Sixteen a, Sixteen b, Sixteen c) const noexcept {
#if defined(__AVX512F__)
        return _mm512_fmadd_ps(a, b, c);
#else
        return a * b + c;
#endif
    }
};

}  // namespace

RateKernels rate_kernels_avx512() noexcept { return rate_kernels<Sixteen, Fused>(); }

}  // namespace dwconv::simd
