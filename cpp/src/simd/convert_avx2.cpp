// Compiled for AVX2 and F16C.
#include "simd/convert_levels.hpp"

#include "simd/convert_loops.hpp"

namespace dwconv::simd {

Conversions conversions_avx2(DataType dtype) noexcept { return conversions(dtype); }

}  // namespace dwconv::simd
