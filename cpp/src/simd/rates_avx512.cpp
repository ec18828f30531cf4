// Compiled for AVX-512 F, BW, DQ and VL.
#include <immintrin.h>

#include "simd/rates_levels.hpp"

#include "simd/rates_loops.hpp"

namespace dwconv::simd {

namespace {

typedef float Sixteen __attribute__((vector_size(64)));

struct Fused {
    Sixteen operator()(Sixteen a, Sixteen b, Sixteen c) const noexcept {
        return _mm512_fmadd_ps(a, b, c);
    }
};

}  // namespace

RateKernels rate_kernels_avx512() noexcept { return rate_kernels<Sixteen, Fused>(); }

}  // namespace dwconv::simd
