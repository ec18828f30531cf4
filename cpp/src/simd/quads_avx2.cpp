// Compiled for AVX2.
#include "simd/quad_loops.hpp"
#include "simd/quad_rows.hpp"
#include "simd/quads_levels.hpp"

namespace dwconv::simd {

// Two products are added up in 16 bits: 255 · 128 is the most.
const QuadKernels quads_avx2 = {"avx2", quad_width, 128, make_quads, convolve_quads};

}  // namespace dwconv::simd
