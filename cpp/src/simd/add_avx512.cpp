// Compiled for AVX-512 F, BW, DQ and VL.
#include "simd/add_levels.hpp"

#include "simd/add_loops.hpp"

namespace dwconv::simd {

Add add_avx512() noexcept { return add; }

}  // namespace dwconv::simd
