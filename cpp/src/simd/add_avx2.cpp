// Compiled for AVX2 and FMA.
#include "simd/add_levels.hpp"

#include "simd/add_loops.hpp"

namespace dwconv::simd {

Add add_avx2() noexcept { return add; }

}  // namespace dwconv::simd
