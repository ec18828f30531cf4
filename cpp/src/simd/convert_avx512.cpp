// Compiled for AVX-512.
#include "simd/convert_levels.hpp"

#include "simd/convert_loops.hpp"

namespace dwconv::simd {

Conversions conversions_avx512(DataType dtype) noexcept { return conversions(dtype); }

}  // namespace dwconv::simd
