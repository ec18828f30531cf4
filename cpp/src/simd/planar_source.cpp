#include "simd/planar_source.hpp"

#include <algorithm>
#include <utility>

#include "ceil_div.hpp"
#include "simd/rows_read.hpp"

namespace dwconv::simd {

namespace {

std::int64_t edge_pitch(const PlanarShape& shape) { return shape.src_pitch + 2 * shape.margin; }

/// Floats of scratch memory: for gathered rows, or else for copies of rows, or of blocks.
std::int64_t scratch_size(const PlanarShape& shape, std::int64_t lanes) {
    if (shape.gathered) {
        const std::int64_t rows =
            rows_read(shape.gathered_rows, shape.row_stride, shape.kernel_rows, shape.row_dilation);
        return std::min(rows, shape.src_rows) * shape.row_length;
    }
    if (shape.copied_pixels != 0) return shape.copied_pixels * copied_pitch + line_floats;
    if (shape.rolled_rows != 0) {
        const std::int64_t rows = rows_read(shape.rolled_rows, shape.row_stride, shape.kernel_rows);
        return std::min(rows, shape.src_rows) * shape.src_pitch + 2 * shape.margin;
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
    const auto most = static_cast<std::size_t>(geometry.most_planes());
    const std::size_t floats = most * static_cast<std::size_t>(scratch_size_);
    if (scratch.floats.size() < floats) scratch.floats.resize(floats);
    scratch.pointers.resize(most *
                            static_cast<std::size_t>(geometry.shape.kernel_rows * most_rows));
    scratch.planes.resize(most);
    scratch.gathered.assign(most, nullptr);
    for (std::size_t i = 0; i < most; ++i) {
        scratch.planes[i].gathered =
            scratch.floats.data() + i * static_cast<std::size_t>(scratch_size_);
        scratch.planes[i].is_gathered = false;
    }
}

void PlanarSource::prepare(PlanarTile& tile) const {
    tile.planes = scratch_.planes.data();
    tile.plane_count = 1;
    tile.edge_pitch = edge_pitch(geometry_.shape);
    tile.pointers = scratch_.pointers.data();
}

std::int64_t PlanarSource::place(std::int64_t volume, std::int64_t depth, PlanarTile& tile) {
    if (!geometry_.has_depth) {
        place_plane(volume, scratch_.planes[0]);
        return 0;
    }
    std::int64_t at = depth * geometry_.depth_stride - geometry_.depth_padding;
    const std::int64_t first =
        std::min(steps_to(-at, geometry_.depth_dilation), geometry_.shape.kernel_depth);
    at += first * geometry_.depth_dilation;
    std::int64_t tap = first;
    for (; tap < geometry_.shape.kernel_depth && at < geometry_.src_depth; ++tap) {
        const auto plane = static_cast<std::size_t>(tap - first);
        place_plane(volume * geometry_.src_depth + at, scratch_.planes[plane]);
        if (geometry_.shape.gathered) find_gathered(plane);
        at += geometry_.depth_dilation;
    }
    tile.plane_count = tap - first;
    return first;
}

void PlanarSource::place_plane(std::int64_t index, PlanarPlane& plane) const {
    const std::int64_t before = index * plane_size_;
    const std::int64_t behind = (planes_ - index - 1) * plane_size_;
    plane.src = src_ + before;
    plane.begin = 0;
    plane.end = geometry_.shape.src_rows;
    const PlanarShape& shape = geometry_.shape;
    if (shape.gathered || (before >= shape.margin && behind >= shape.margin)) return;
    // A vector that begins before the other rows, or ends behind them, leaves the array.
    const auto short_of = [&](std::int64_t room) {
        return room >= shape.margin
                   ? 0
                   : std::min(ceil_div(shape.margin - room, shape.src_pitch), shape.src_rows);
    };
    plane.begin = short_of(before);
    plane.end = std::max(shape.src_rows - short_of(behind), plane.begin);
    if (shape.rolled_rows == 0) copy_edge_rows(plane);
}

/// Exchanges the plane's scratch memory for that which has its rows, if one of those that the
/// planes before it left has them.
void PlanarSource::find_gathered(std::size_t plane) const {
    PlanarPlane& own = scratch_.planes[plane];
    const auto begin = scratch_.gathered.begin() + static_cast<std::ptrdiff_t>(plane);
    const auto found = std::find(begin, scratch_.gathered.end(), own.src);
    own.is_gathered = found != scratch_.gathered.end();
    if (own.is_gathered) {
        const auto other = static_cast<std::size_t>(found - scratch_.gathered.begin());
        std::swap(own.gathered, scratch_.planes[other].gathered);
        std::iter_swap(begin, found);
    } else {
        *begin = own.src;
    }
}

std::int64_t PlanarSource::planes_alike(std::int64_t index) const {
    if (index * plane_size_ < geometry_.shape.margin) return 1;
    const std::int64_t edge = ceil_div(geometry_.shape.margin, plane_size_);
    return std::max<std::int64_t>(planes_ - edge - index, 1);
}

void PlanarSource::copy_edge_rows(PlanarPlane& plane) const {
    const PlanarShape& shape = geometry_.shape;
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
