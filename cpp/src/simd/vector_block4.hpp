#pragma once

// Square blocks of floats, transposed in vector registers of 16 bytes. Compiler vector types
// compile to the same shuffles as intrinsics would; see transpose_blocks.hpp on linkage.

#include <cstdint>
#include <cstring>

namespace dwconv::simd {
namespace {

typedef float Quad __attribute__((vector_size(16)));

inline Quad load_quad(const float* src) {
    Quad quad;
    std::memcpy(&quad, src, sizeof quad);
    return quad;
}

template <class Row>
inline void store(float* dst, Row row) {
    std::memcpy(dst, &row, sizeof row);
}

/// dst[j · dst_stride + i] = src[i · src_stride + j] for i, j < 4
struct Block4 {
    static constexpr std::int64_t size = 4;

    static void transpose(const float* src, std::int64_t src_stride, float* dst,
                          std::int64_t dst_stride) {
        const Quad a = load_quad(src);
        const Quad b = load_quad(src + src_stride);
        const Quad c = load_quad(src + 2 * src_stride);
        const Quad d = load_quad(src + 3 * src_stride);
        const Quad ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
        const Quad ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
        const Quad cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
        const Quad cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
        store(dst, __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5));
        store(dst + dst_stride, __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7));
        store(dst + 2 * dst_stride, __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5));
        store(dst + 3 * dst_stride, __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7));
    }
};

}  // namespace
}  // namespace dwconv::simd
