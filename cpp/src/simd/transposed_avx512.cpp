// Compiled for AVX-512 F, BW, DQ and VL.
#include "simd/transposed_levels.hpp"

#include "simd/transposed_pixels.hpp"
#include "simd/transposed_rows.hpp"

namespace dwconv::simd {

const TransposedKernels transposed_avx512 = {"avx512", lanes, transposed_rows, transposed_pixels};

}  // namespace dwconv::simd
