// Compiled for AVX2 and FMA.
#include "simd/transposed_levels.hpp"

#include "simd/transposed_pixels.hpp"
#include "simd/transposed_rows.hpp"

namespace dwconv::simd {

const TransposedKernels transposed_avx2 = {"avx2", lanes, transposed_rows, transposed_pixels};

}  // namespace dwconv::simd
