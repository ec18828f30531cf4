#pragma once

#include <cstdint>
#include <vector>

#include "dwconv/problem.hpp"
#include "simd/planar_shape.hpp"

namespace dwconv::simd {

/// Which numbers follow one another in memory.
enum class PlanarOrder : std::uint8_t {
    planes,        ///< the columns of a channel: NCHW
    channels_last  ///< the channels of a column: NHWC
};

/// A problem as the kernels see it, with the memory that the shape points to; all but the
/// functions.
struct PlanarGeometry {
    PlanarShape shape;
    /// Whether there are three dimensions; where there are two, the depth is 1.
    bool has_depth = false;
    std::int64_t src_depth = 1;
    std::int64_t dst_depth = 1;
    std::int64_t depth_stride = 1;
    std::int64_t depth_dilation = 1;
    std::int64_t depth_padding = 0;
    std::int64_t src_columns = 0;
    std::int64_t column_padding = 0;
    std::int64_t column_dilation = 1;

    /// `lanes`: floats of a vector of the kernels that are to run.
    PlanarGeometry(const Problem& problem, PlanarOrder order, std::int64_t lanes);
    PlanarGeometry(const PlanarGeometry&) = delete;
    PlanarGeometry& operator=(const PlanarGeometry&) = delete;

    /// Planes of the source that one of the destination reads, at most.
    std::int64_t most_planes() const noexcept {
        return shape.kernel_depth < src_depth ? shape.kernel_depth : src_depth;
    }

private:
    void set_depth(const Problem& problem, std::int64_t outputs);
    void share_rows();
    bool is_worth_a_copy(const Problem& problem, std::int64_t lanes) const;
    void place_columns();
    void set_block_rows();
    void gather_columns(std::int64_t outputs);
    bool can_roll(const Problem& problem, std::int64_t lanes) const;
    void set_strips(const Problem& problem, PixelKernel kernel);
    void set_copied_strips();
    void set_rolled_rows();
    bool is_line(std::int64_t lanes) const;
    bool is_mostly_edges(std::int64_t lanes) const;
    void chain_taps(std::int64_t lanes);

    std::vector<std::int64_t> offsets_;
    std::vector<ColumnPhase> phases_;
    std::vector<TapChain> chains_;
    std::vector<float> zeros_;
};

}  // namespace dwconv::simd
