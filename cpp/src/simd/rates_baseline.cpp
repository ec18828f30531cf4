#include "simd/rates_levels.hpp"

#include "simd/rates_loops.hpp"

namespace dwconv::simd {

namespace {

typedef float Quad __attribute__((vector_size(16)));

struct MultiplyThenAdd {
    Quad operator()(Quad a, Quad b, Quad c) const noexcept { return a * b + c; }
};

}  // namespace

RateKernels rate_kernels_baseline() noexcept { return rate_kernels<Quad, MultiplyThenAdd>(); }

}  // namespace dwconv::simd
