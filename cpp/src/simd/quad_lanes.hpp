#pragma once

// Vectors of quads, and what becomes of them, as long as the instruction set has them that the
// including file is compiled for; see quads.hpp, and lanes.hpp on linkage.

#if defined(__AVX512VNNI__)
#include "simd/quad_lanes_avx512.hpp"
#else
#include "simd/quad_lanes_avx2.hpp"
#endif

namespace dwconv::simd {
namespace {

constexpr std::int64_t quad_block = block_vectors * quad_width;

}  // namespace
}  // namespace dwconv::simd
