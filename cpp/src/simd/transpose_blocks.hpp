#pragma once

// Included once by each file that is compiled for an instruction set. All names have internal
// linkage: a function shared between such files could be the newer processor's copy.

#include <cstdint>

namespace dwconv::simd {
namespace {

struct Matrix {
    const float* src;
    std::int64_t src_stride;
    float* dst;
    std::int64_t dst_stride;
};

inline std::int64_t at_most(std::int64_t value, std::int64_t limit) {
    return value < limit ? value : limit;
}

/// Walks the matrix in blocks; the last block of a row or column is moved back to end at the edge,
/// and writes some elements a second time, which is cheaper than a remainder loop.
template <class Block>
inline void transpose_in_blocks(const Matrix& m, std::int64_t rows, std::int64_t columns) {
    for (std::int64_t c = 0; c < columns; c += Block::size) {
        for (std::int64_t r = 0; r < rows; r += Block::size) {
            const std::int64_t row = at_most(r, rows - Block::size);
            const std::int64_t column = at_most(c, columns - Block::size);
            Block::transpose(m.src + row * m.src_stride + column, m.src_stride,
                             m.dst + column * m.dst_stride + row, m.dst_stride);
        }
    }
}

inline void transpose_by_element(const Matrix& m, std::int64_t rows, std::int64_t columns) {
    for (std::int64_t c = 0; c < columns; ++c) {
        for (std::int64_t r = 0; r < rows; ++r) {
            m.dst[c * m.dst_stride + r] = m.src[r * m.src_stride + c];
        }
    }
}

/// The first block size that fits into the matrix both ways.
template <class Block, class... Smaller>
inline void transpose_with(const Matrix& m, std::int64_t rows, std::int64_t columns) {
    if (rows >= Block::size && columns >= Block::size) {
        transpose_in_blocks<Block>(m, rows, columns);
    } else if constexpr (sizeof...(Smaller) > 0) {
        transpose_with<Smaller...>(m, rows, columns);
    } else {
        transpose_by_element(m, rows, columns);
    }
}

}  // namespace
}  // namespace dwconv::simd
