#pragma once

#include <cstdint>

namespace dwconv::simd {

// One function per instruction set; see transpose.hpp for what they do.

void transpose_baseline(const float* src, std::int64_t src_stride, float* dst,
                        std::int64_t dst_stride, std::int64_t rows, std::int64_t columns);
void transpose_avx2(const float* src, std::int64_t src_stride, float* dst, std::int64_t dst_stride,
                    std::int64_t rows, std::int64_t columns);

}  // namespace dwconv::simd
