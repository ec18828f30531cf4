#pragma once

// Channels-last memory whose pixels are vectors of channels: strips of the destination, by the
// kernel for them. See lanes.hpp on linkage.

#include "simd/lane_activation.hpp"
#include "simd/planar_patches.hpp"
#include "simd/planar_pixel_rolls.hpp"
#include "simd/planar_runs.hpp"

namespace dwconv::simd {
namespace {

/// Some channels of a strip.
using PixelFunction = void (*)(const PlanarShape& shape, const PlanarTile& tile,
                               const PixelStrip& strip, const ChannelRange& channels,
                               const PixelSource& source);

inline PixelFunction pixel_function(const PlanarShape& shape) {
    const bool steps = shape.column_stride == 2;
    // (With AVX-512, oneDNN's kernels are as good as those that do not roll.)
    if constexpr (lanes != longest_vector) {
        if (shape.pixel_kernel == PixelKernel::patches) {
            return steps ? sum_patches<2> : sum_patches<1>;
        }
        if (shape.pixel_kernel == PixelKernel::runs) {
            if (shape.kernel_rows == 7) return sum_runs<7, 1>;
            return steps ? sum_runs<5, 2> : sum_runs<5, 1>;
        }
    }
    if (shape.kernel_rows == 3) return steps ? roll_pixels<3, 2> : roll_pixels<3, 1>;
    return steps ? roll_pixels<5, 2> : roll_pixels<5, 1>;
}

inline void run_strip(const PlanarShape& shape, const PlanarTile& tile, const PixelStrip& strip) {
    const PixelFunction run = pixel_function(shape);
    const PixelSource source = {tile.planes->src, shape.src_channels, shape.src_pitch};
    const ChannelRange all = {tile.channel_begin, tile.channel_end};
    if (shape.copied_pixels == 0) {
        run(shape, tile, strip, all, source);
        return;
    }
    const BoxCopies copies(source, PixelBox(shape, strip), tile.planes->gathered);
    for_each_part(all, copied_channels, 0, [&](const ChannelRange& part) {
        run(shape, tile, strip, part, copies.copy(part));
    });
}

/// The activation of the tile's channels in some rows.
inline void activate_pixels(const PlanarShape& shape, const PlanarTile& tile,
                            std::int64_t row_begin, std::int64_t row_end) {
    const std::int64_t channels = tile.channel_end - tile.channel_begin;
    const bool whole = channels == shape.period;
    const std::int64_t step = whole ? shape.dst_pitch : shape.period;
    const std::int64_t end = row_end * shape.dst_pitch;
    for (std::int64_t at = row_begin * shape.dst_pitch; at < end; at += step) {
        activate(shape.activation.activation, tile.dst + at + tile.channel_begin,
                 whole ? step : channels);
    }
}

inline void run_pixels(const PlanarShape& shape, const PlanarTile& tile) {
    for (std::int64_t row = tile.row_begin; row < tile.row_end; row += shape.strip_rows) {
        std::int64_t row_end = row + shape.strip_rows;
        if (row_end > tile.row_end) row_end = tile.row_end;
        for (std::int64_t next = 0; next < shape.dst_columns; next += shape.strip_columns) {
            std::int64_t end = next + shape.strip_columns;
            if (end > shape.dst_columns) end = shape.dst_columns;
            // Not less than a run.
            const std::int64_t last = end > run_columns ? end - run_columns : 0;
            const bool moves_back = shape.pixel_kernel == PixelKernel::runs && next > last;
            run_strip(shape, tile, {moves_back ? last : next, end, row, row_end});
        }
        if (!shape.activation.clamps) activate_pixels(shape, tile, row, row_end);
    }
}

}  // namespace
}  // namespace dwconv::simd
