#pragma once

// From a tile to blocks of rows. See lanes.hpp on linkage.

#include "simd/lane_activation.hpp"
#include "simd/planar_blocks.hpp"
#include "simd/planar_gather.hpp"

namespace dwconv::simd {
namespace {

/// The rows of the source of a tile, as they lie or gathered; all others are padding.
struct SourceRows {
    const float* first;
    std::int64_t pitch;
    std::int64_t begin;
    std::int64_t end;
    const float* zero_row;

    const float* operator[](std::int64_t row) const {
        return row >= begin && row < end ? first + (row - begin) * pitch : zero_row;
    }
};

/// Rows `first`, first + dst_step, … of the destination, `count` of them.
inline void run_block(const PlanarShape& shape, const PlanarTile& tile, const SourceRows& source,
                      std::int64_t first, int count) {
    const std::int64_t top = first * shape.row_stride - shape.row_padding;
    if (shape.shared_step != 0) {
        const std::int64_t inputs = (count - 1) * shape.shared_stride + shape.kernel_rows;
        for (std::int64_t i = 0; i < inputs; ++i) {
            tile.pointers[i] = source[top + i * shape.shared_step];
        }
    } else {
        for (std::int64_t t = 0; t < shape.kernel_rows; ++t) {
            for (std::int64_t r = 0; r < count; ++r) {
                tile.pointers[t * count + r] =
                    source[top + r * shape.row_stride + t * shape.row_dilation];
            }
        }
    }
    const std::int64_t begin = first * shape.dst_pitch;
    float* const dst = tile.dst + begin;
    const std::int64_t distance = shape.dst_step * shape.dst_pitch;
    // Rows that lie between those of this block may be done already.
    const std::int64_t room = shape.dst_step == 1 ? tile.dst_end - begin : 0;
    shape.blocks[count - 1]({&shape, tile.pointers, tile.weights, tile.bias, dst, distance, room});
    if (shape.clamped || shape.activation.kind == ActivationKind::none) return;
    if (shape.dst_step == 1) {
        activate(shape.activation, dst, count * shape.dst_pitch);
        return;
    }
    for (int r = 0; r < count; ++r) {
        activate(shape.activation, dst + r * distance, shape.dst_pitch);
    }
}

/// Rows `begin` to `end` of the destination, in blocks about equal.
inline void run_rows(const PlanarShape& shape, const PlanarTile& tile, const SourceRows& source,
                     std::int64_t begin, std::int64_t end) {
    for (std::int64_t first = begin; first < begin + shape.dst_step && first < end; ++first) {
        const std::int64_t count = ceil_div(end - first, shape.dst_step);
        const std::int64_t blocks = ceil_div(count, most_rows);
        for (std::int64_t i = 0; i < blocks; ++i) {
            const std::int64_t low = count * i / blocks;
            const std::int64_t high = count * (i + 1) / blocks;
            run_block(shape, tile, source, first + low * shape.dst_step,
                      static_cast<int>(high - low));
        }
    }
}

/// The same, with the rows of the source gathered beforehand.
inline void run_gathered(const PlanarShape& shape, const PlanarTile& tile, std::int64_t begin,
                         std::int64_t end) {
    const std::int64_t top = begin * shape.row_stride - shape.row_padding;
    const std::int64_t bottom = (end - 1) * shape.row_stride - shape.row_padding +
                                (shape.kernel_rows - 1) * shape.row_dilation + 1;
    const std::int64_t first = clamp_to(top, 0, shape.src_rows);
    const std::int64_t last = clamp_to(bottom, first, shape.src_rows);
    for (std::int64_t row = first; row < last; ++row) {
        gather_row(shape, tile.src + row * shape.src_pitch,
                   tile.gathered + (row - first) * shape.row_length);
    }
    run_rows(shape, tile, {tile.gathered, shape.row_length, first, last, shape.zero_row}, begin,
             end);
}

void run_planar(const PlanarShape& shape, const PlanarTile& tile) {
    if (!shape.gathered) {
        run_rows(shape, tile, {tile.src, shape.src_pitch, 0, shape.src_rows, shape.zero_row},
                 tile.row_begin, tile.row_end);
        return;
    }
    for (std::int64_t row = tile.row_begin; row < tile.row_end; row += shape.gathered_rows) {
        const std::int64_t end = row + shape.gathered_rows;
        run_gathered(shape, tile, row, end < tile.row_end ? end : tile.row_end);
    }
}

}  // namespace
}  // namespace dwconv::simd
