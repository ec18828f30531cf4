#include "simd/planar_source.hpp"

#include <algorithm>

namespace dwconv::simd {

namespace {

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

std::int64_t edge_pitch(const PlanarShape& shape) { return shape.src_pitch + 2 * shape.margin; }

/// Floats of scratch memory: for gathered rows, or else for copies of rows, or of blocks.
std::int64_t scratch_size(const PlanarShape& shape, std::int64_t lanes) {
    if (shape.gathered) {
        const std::int64_t rows = (shape.gathered_rows - 1) * shape.row_stride +
                                  (shape.kernel_rows - 1) * shape.row_dilation + 1;
        return std::min(rows, shape.src_rows) * shape.row_length;
    }
    if (shape.chain_count != 0) return most_vectors * lanes + shape.extent + longest_vector;
    const std::int64_t edge_rows =
        2 * std::min(ceil_div(shape.margin, shape.src_pitch), shape.src_rows);
    return edge_rows * edge_pitch(shape);
}

}  // namespace

PlanarSource::PlanarSource(const PlanarGeometry& geometry, std::int64_t lanes, const float* src,
                           std::int64_t planes, PlanarScratch& scratch)
    : geometry_(geometry),
      src_(src),
      planes_(planes),
      plane_size_(geometry.shape.src_rows * geometry.shape.src_pitch),
      scratch_size_(scratch_size(geometry.shape, lanes)),
      scratch_(scratch) {
    const std::int64_t most = geometry.most_planes();
    // Zeros: the padding in gathered rows is never written.
    scratch.floats.assign(static_cast<std::size_t>(most * scratch_size_), 0.0f);
    scratch.pointers.resize(
        static_cast<std::size_t>(most * geometry.shape.kernel_rows * most_rows));
    scratch.planes.resize(static_cast<std::size_t>(most));
}

std::int64_t PlanarSource::place(std::int64_t volume, std::int64_t depth, PlanarTile& tile) {
    std::int64_t at = depth * geometry_.depth_stride - geometry_.depth_padding;
    std::int64_t tap = 0;
    if (at < 0) {
        tap = std::min(ceil_div(-at, geometry_.depth_dilation), geometry_.shape.kernel_depth);
        at += tap * geometry_.depth_dilation;
    }
    const std::int64_t first = tap;
    PlanarPlane* plane = scratch_.planes.data();
    float* memory = scratch_.floats.data();
    for (; tap < geometry_.shape.kernel_depth && at < geometry_.src_depth; ++tap) {
        const std::int64_t index = volume * geometry_.src_depth + at;
        plane->src = src_ + index * plane_size_;
        plane->gathered = memory;
        if (!geometry_.shape.gathered) copy_edge_rows(index, *plane);
        memory += scratch_size_;
        at += geometry_.depth_dilation;
        ++plane;
    }
    tile.planes = scratch_.planes.data();
    tile.plane_count = tap - first;
    tile.edge_pitch = edge_pitch(geometry_.shape);
    tile.pointers = scratch_.pointers.data();
    return first;
}

/// Copies the rows of a plane that a vector beginning before them, or ending behind them, would
/// leave the array with.
void PlanarSource::copy_edge_rows(std::int64_t index, PlanarPlane& plane) const {
    const PlanarShape& shape = geometry_.shape;
    const std::int64_t before = index * plane_size_;
    const std::int64_t behind = (planes_ - index - 1) * plane_size_;
    plane.begin = 0;
    plane.end = shape.src_rows;
    if (before >= shape.margin && behind >= shape.margin) return;
    const auto short_of = [&](std::int64_t room) {
        return room >= shape.margin
                   ? 0
                   : std::min(ceil_div(shape.margin - room, shape.src_pitch), shape.src_rows);
    };
    plane.begin = short_of(before);
    plane.end = std::max(shape.src_rows - short_of(behind), plane.begin);
    float* to = plane.gathered + shape.margin;
    plane.edge_rows = to;
    for (std::int64_t row = 0; row < shape.src_rows; ++row) {
        if (row == plane.begin) row = plane.end;
        if (row == shape.src_rows) break;
        std::copy_n(plane.src + row * shape.src_pitch, shape.src_pitch, to);
        to += edge_pitch(shape);
    }
}

}  // namespace dwconv::simd
