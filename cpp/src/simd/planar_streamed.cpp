#include "simd/planar_streamed.hpp"

#include <algorithm>

#include "ceil_div.hpp"
#include "simd/cache_line.hpp"
#include "simd/planar_shape.hpp"
#include "simd/streaming.hpp"

namespace dwconv::simd {

namespace {

/// Of the destination, in use at a time; and of rows that are computed together, and share what
/// they read, at most: with their sources, more do not stay in a second-level cache of half a
/// megabyte.
constexpr std::int64_t floats_in_cache = 24 * 1024;
constexpr std::int64_t most_floats = 64 * 1024;

}  // namespace

bool PlanarStreamed::serves(const Problem& problem, PlanarOrder order,
                            const PlanarConvolution& convolution) {
    const bool planes = order == PlanarOrder::planes || problem.out_channels() == 1;
    return planes && convolution.runs_copied() && is_beyond_caches(problem.dst_shape()) &&
           convolution.block_rows() * convolution.columns() <= most_floats;
}

PlanarStreamed::PlanarStreamed(const PlanarConvolution& convolution, Level level)
    : write_(conversions_for(DataType::float32, level).narrow_past_caches),
      block_rows_(convolution.rows()) {
    const std::int64_t plane = convolution.dst_plane();
    if (plane <= floats_in_cache) {
        block_planes_ = floats_in_cache / plane;
        return;
    }
    const std::int64_t some =
        std::max(floats_in_cache / convolution.columns(), convolution.block_rows());
    block_rows_ = ceil_div(block_rows_, ceil_div(block_rows_, some));
}

void PlanarStreamed::run(const PlanarConvolution& convolution, const PlanarArrays& arrays,
                         const PlanarPart& part, Scratch& scratch) const {
    const bool whole = part.row_begin == 0 && part.row_end == convolution.rows();
    const std::int64_t planes = whole ? block_planes_ : 1;
    PlanarArrays block_arrays = arrays;
    PlanarPart block = part;
    for (std::int64_t plane = part.plane_begin; plane < part.plane_end; plane = block.plane_end) {
        block.plane_begin = plane;
        block.plane_end = std::min(plane + planes, part.plane_end);
        for (std::int64_t row = part.row_begin; row < part.row_end; row = block.row_end) {
            block.row_begin = row;
            block.row_end = std::min(row + block_rows_, part.row_end);
            const std::int64_t first =
                plane * convolution.dst_plane() + row * convolution.columns();
            const std::int64_t made =
                (block.plane_end - plane) * (block.row_end - row) * convolution.columns();
            // At the same place of a cache line, so that none is in two.
            float* const dst = arrays.dst + first;
            const std::int64_t into_line = floats_into_cache_line(dst);
            float* const made_rows =
                scratch.dst.reserve(static_cast<std::size_t>(into_line + made + longest_vector)) +
                into_line;
            // Where the whole array would begin.
            block_arrays.dst = made_rows - first;
            convolution.run(block_arrays, block, scratch.planar);
            write_(made_rows, dst, made);
        }
    }
    finish_streaming();
}

}  // namespace dwconv::simd
