// Compiled for AVX2 and FMA.
#include <immintrin.h>

#include "simd/rates_levels.hpp"

#include "simd/rates_loops.hpp"

namespace dwconv::simd {

namespace {

typedef float Octet __attribute__((vector_size(32)));

struct Fused {
    Octet operator()(Octet a, Octet b, Octet c) const noexcept { return _mm256_fmadd_ps(a, b, c); }
};

}  // namespace

RateKernels rate_kernels_avx2() noexcept { return rate_kernels<Octet, Fused>(); }

}  // namespace dwconv::simd
