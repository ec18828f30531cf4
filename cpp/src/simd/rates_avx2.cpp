// Compiled for AVX2 and FMA.
#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif

#include "simd/rates_levels.hpp"

#include "simd/rates_loops.hpp"

namespace dwconv::simd {

namespace {

typedef float Octet __attribute__((vector_size(32)));

struct Fused {
    Octet operator()(Octet a, Octet b, Octet c) const noexcept {
#if defined(__FMA__)
        return _mm256_fmadd_ps(a, b, c);
#else
        return a * b + c;
#endif
    }
};

}  // namespace

RateKernels rate_kernels_avx2() noexcept { return rate_kernels<Octet, Fused>(); }

}  // namespace dwconv::simd
