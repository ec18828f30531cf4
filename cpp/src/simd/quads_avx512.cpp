// Compiled for AVX-512 F, BW, DQ, VL and VNNI.
#include "simd/quad_loops.hpp"
#include "simd/quad_rows.hpp"
#include "simd/quads_levels.hpp"

namespace dwconv::simd {

// Four products of two bytes, of 17 bits with a sign, are added up in 32 bits.
const QuadKernels quads_avx512 = {"avx512_vnni", quad_width, 2 * 128, make_quads, convolve_quads};

}  // namespace dwconv::simd
