// Compiled for AVX2.
#include "simd/requantize_levels.hpp"
#include "simd/requantize_loops.hpp"

namespace dwconv::simd {

Requantize requantize_avx2() noexcept { return requantize_loops; }

}  // namespace dwconv::simd
