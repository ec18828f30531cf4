#pragma once

#include <cstdint>

#include "simd/level.hpp"

namespace dwconv::simd {

/// dst[c · dst_stride + r] = src[r · src_stride + c] for r < rows, c < columns.
/// Rows of the source and of the destination are contiguous; the two do not overlap.
using Transpose = void (*)(const float* src, std::int64_t src_stride, float* dst,
                           std::int64_t dst_stride, std::int64_t rows, std::int64_t columns);

Transpose transpose_for(Level level) noexcept;

}  // namespace dwconv::simd
