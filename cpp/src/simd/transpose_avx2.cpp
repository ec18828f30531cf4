// Compiled for AVX2.
#include "simd/transpose_levels.hpp"

#include "simd/transpose_blocks.hpp"
#include "simd/vector_block8.hpp"

namespace dwconv::simd {

void transpose_avx2(const float* src, std::int64_t src_stride, float* dst, std::int64_t dst_stride,
                    std::int64_t rows, std::int64_t columns) {
    transpose_with<Block8, Block4>({src, src_stride, dst, dst_stride}, rows, columns);
}

}  // namespace dwconv::simd
