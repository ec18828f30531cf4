// Compiled for AVX-512 F, BW, DQ, VL and VNNI.
#include "simd/quad_loops.hpp"
#include "simd/quad_rows.hpp"

namespace dwconv::simd {

const QuadKernels quads_avx512 = {"avx512_vnni", make_quads, convolve_quads};

}  // namespace dwconv::simd
