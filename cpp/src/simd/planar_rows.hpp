#pragma once

// From a tile to blocks of rows. See lanes.hpp on linkage.

#include "simd/lane_activation.hpp"
#include "simd/planar_blocks.hpp"
#include "simd/planar_gather.hpp"
#include "simd/planar_pixels.hpp"
#include "simd/planar_strips.hpp"
#include "simd/rows_read.hpp"

namespace dwconv::simd {
namespace {

/// The rows of the source, as they lie or gathered; others are copies, or padding.
struct SourceRows {
    const float* first;
    std::int64_t pitch;
    std::int64_t begin;
    std::int64_t end;
    const PlanarShape* shape;
    const PlanarPlane* plane;
    std::int64_t edge_pitch;

    const float* operator[](std::int64_t row) const {
        return row >= begin && row < end ? first + (row - begin) * pitch : other(row);
    }

    /// Lists `count` rows, `step` apart.
    void list(std::int64_t row, std::int64_t step, std::int64_t count, const float** to) const {
        const float** const last = to + count;
        for (; to != last && row < begin; row += step) *to++ = other(row);
        const float* at = first + (row - begin) * pitch;
        for (; to != last && row < end; row += step, at += step * pitch) *to++ = at;
        for (; to != last; row += step) *to++ = other(row);
    }

private:
    const float* other(std::int64_t row) const {
        if (shape->gathered || row < 0 || row >= shape->src_rows) return shape->zero_row;
        const std::int64_t copy = row < begin ? row : begin + row - end;
        return plane->edge_rows + copy * edge_pitch;
    }
};

/// Rows of each plane of the source that are gathered.
struct GatheredRows {
    std::int64_t begin;
    std::int64_t end;
};

inline SourceRows rows_of(const PlanarShape& shape, const PlanarTile& tile,
                          const PlanarPlane& plane, const GatheredRows& gathered) {
    if (shape.gathered) {
        return {plane.gathered, shape.row_length, gathered.begin, gathered.end,
                &shape,         &plane,           tile.edge_pitch};
    }
    return {plane.src + plane.begin * shape.src_pitch,
            shape.src_pitch,
            plane.begin,
            plane.end,
            &shape,
            &plane,
            tile.edge_pitch};
}

/// Lists the rows of a plane that a block of `count` rows of the destination reads; returns the end
/// of the list.
inline const float** list_rows(const PlanarShape& shape, const SourceRows& source, std::int64_t top,
                               int count, const float** to) {
    if (shape.shared_step != 0) {
        const std::int64_t inputs = rows_read(count, shape.shared_stride, shape.kernel_rows);
        source.list(top, shape.shared_step, inputs, to);
        return to + inputs;
    }
    for (std::int64_t t = 0; t < shape.kernel_rows; ++t) {
        for (std::int64_t r = 0; r < count; ++r) {
            *to++ = source[top + r * shape.row_stride + t * shape.row_dilation];
        }
    }
    return to;
}

/// Rows `first`, first + dst_step, … of the destination, `count` of them.
inline void run_block(const PlanarShape& shape, const PlanarTile& tile,
                      const GatheredRows& gathered, std::int64_t first, int count) {
    const std::int64_t top = first * shape.row_stride - shape.row_padding;
    const float** list = tile.pointers;
    for (std::int64_t p = 0; p < tile.plane_count; ++p) {
        list = list_rows(shape, rows_of(shape, tile, tile.planes[p], gathered), top, count, list);
    }
    const std::int64_t begin = first * shape.dst_pitch;
    float* const dst = tile.dst + begin;
    const float* const add = tile.add == nullptr ? nullptr : tile.add + begin;
    const std::int64_t distance = shape.dst_step * shape.dst_pitch;
    // Rows that lie between those of this block may be done already.
    const std::int64_t room = shape.dst_step == 1 ? tile.dst_end - begin : 0;
    const char* ahead = nullptr;
    std::int64_t ahead_step = 0;
    if (tile.ahead != nullptr) {
        const std::int64_t pitch = shape.row_stride * shape.src_pitch * tile.ahead_bytes;
        ahead = tile.ahead + (first - tile.row_begin) * pitch;
        ahead_step = static_cast<std::int64_t>(static_cast<std::uint32_t>(count * pitch * lanes) /
                                               static_cast<std::uint32_t>(shape.dst_pitch));
    }
    shape.blocks[count - 1]({&shape, tile.pointers, tile.plane_count, tile.weights, tile.bias, dst,
                             add, distance, room, ahead, ahead_step});
    const Activation& activation = shape.activation.activation;
    if (shape.activation.clamps || activation.kind == ActivationKind::none) return;
    if (shape.dst_step == 1) {
        activate(activation, dst, count * shape.dst_pitch);
        return;
    }
    for (int r = 0; r < count; ++r) {
        activate(activation, dst + r * distance, shape.dst_pitch);
    }
}

/// Rows `first`, first + dst_step, … of the destination, `count` of them, in blocks about equal.
inline void run_blocks(const PlanarShape& shape, const PlanarTile& tile,
                       const GatheredRows& gathered, std::int64_t first, std::int64_t count) {
    for (std::int64_t blocks = (count + shape.block_rows - 1) / shape.block_rows; blocks > 0;
         --blocks) {
        // In 32 bits, since a division of 64 takes as long as a small block; sizes are below 2^31.
        const auto rows = blocks == 1 ? static_cast<std::uint32_t>(count)
                                      : static_cast<std::uint32_t>(count + blocks - 1) /
                                            static_cast<std::uint32_t>(blocks);
        run_block(shape, tile, gathered, first, static_cast<int>(rows));
        first += rows * shape.dst_step;
        count -= rows;
    }
}

/// Rows `begin` to `end` of the destination.
inline void run_rows(const PlanarShape& shape, const PlanarTile& tile, const GatheredRows& gathered,
                     std::int64_t begin, std::int64_t end) {
    if (shape.dst_step == 1) {
        run_blocks(shape, tile, gathered, begin, end - begin);
        return;
    }
    for (std::int64_t first = begin; first < begin + shape.dst_step && first < end; ++first) {
        const std::int64_t count = (end - first + shape.dst_step - 1) / shape.dst_step;
        run_blocks(shape, tile, gathered, first, count);
    }
}

/// The same, with the rows of the source gathered beforehand.
inline void run_gathered(const PlanarShape& shape, const PlanarTile& tile, std::int64_t begin,
                         std::int64_t end) {
    const std::int64_t top = begin * shape.row_stride - shape.row_padding;
    const std::int64_t bottom =
        top + rows_read(end - begin, shape.row_stride, shape.kernel_rows, shape.row_dilation);
    const std::int64_t first = clamp_to(top, 0, shape.src_rows);
    const std::int64_t last = clamp_to(bottom, first, shape.src_rows);
    for (std::int64_t p = 0; p < tile.plane_count; ++p) {
        const PlanarPlane& plane = tile.planes[p];
        if (plane.is_gathered) continue;
        gather_rows(shape, plane.src + first * shape.src_pitch, last - first, plane.gathered);
    }
    run_rows(shape, tile, {first, last}, begin, end);
}

void run_planar(const PlanarShape& shape, const PlanarTile& tile) {
    if (shape.rolled_rows != 0) {
        run_rolling(shape, tile);
        return;
    }
    if (shape.pixel_kernel != PixelKernel::none) {
        run_pixels(shape, tile);
        return;
    }
    if (!shape.gathered) {
        run_rows(shape, tile, {}, tile.row_begin, tile.row_end);
        return;
    }
    for (std::int64_t row = tile.row_begin; row < tile.row_end; row += shape.gathered_rows) {
        const std::int64_t end = row + shape.gathered_rows;
        run_gathered(shape, tile, row, end < tile.row_end ? end : tile.row_end);
    }
}

}  // namespace
}  // namespace dwconv::simd
