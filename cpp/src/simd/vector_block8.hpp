#pragma once

// Larger blocks, in registers of 32 bytes: for files that are compiled for AVX alone, as functions
// that return such a register have another calling convention elsewhere.

#include "simd/vector_block4.hpp"

namespace dwconv::simd {
namespace {

typedef float Octet __attribute__((vector_size(32)));

/// dst[j · dst_stride + i] = src[i · src_stride + j] for i, j < 8
struct Block8 {
    static constexpr std::int64_t size = 8;

    static void transpose(const float* src, std::int64_t src_stride, float* dst,
                          std::int64_t dst_stride) {
        transpose_half(src, src_stride, dst, dst_stride);
        transpose_half(src + 4, src_stride, dst + 4 * dst_stride, dst_stride);
    }

private:
    /// Four columns of eight rows. A register takes rows i and i + 4, one in each half, as it is
    /// loaded, so that no value has to change halves afterwards.
    static void transpose_half(const float* src, std::int64_t src_stride, float* dst,
                               std::int64_t dst_stride) {
        const Octet a = rows(src, src_stride, 0);
        const Octet b = rows(src, src_stride, 1);
        const Octet c = rows(src, src_stride, 2);
        const Octet d = rows(src, src_stride, 3);
        const Octet ab_low = __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13);
        const Octet ab_high = __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15);
        const Octet cd_low = __builtin_shufflevector(c, d, 0, 8, 1, 9, 4, 12, 5, 13);
        const Octet cd_high = __builtin_shufflevector(c, d, 2, 10, 3, 11, 6, 14, 7, 15);
        store(dst, __builtin_shufflevector(ab_low, cd_low, 0, 1, 8, 9, 4, 5, 12, 13));
        store(dst + dst_stride,
              __builtin_shufflevector(ab_low, cd_low, 2, 3, 10, 11, 6, 7, 14, 15));
        store(dst + 2 * dst_stride,
              __builtin_shufflevector(ab_high, cd_high, 0, 1, 8, 9, 4, 5, 12, 13));
        store(dst + 3 * dst_stride,
              __builtin_shufflevector(ab_high, cd_high, 2, 3, 10, 11, 6, 7, 14, 15));
    }

    static Octet rows(const float* src, std::int64_t src_stride, std::int64_t i) {
        return __builtin_shufflevector(load_quad(src + i * src_stride),
                                       load_quad(src + (i + 4) * src_stride), 0, 1, 2, 3, 4, 5, 6,
                                       7);
    }
};

}  // namespace
}  // namespace dwconv::simd
