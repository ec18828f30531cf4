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

/// Whether there are kernels for planes whose sums roll down the rows, on vectors of so many lanes:
/// in two dimensions, for 3 × 3 and 5 × 5 taps, and some of 7 × 7. They sum up in another order
/// than those for channels-last memory. `problem` is normalized.
bool sums_roll(const Problem& problem, std::int64_t lanes);

/// Elements of a source that caches hold.
inline constexpr std::int64_t cached_elements = 2 * 1000 * 1000;

/// Whether the kernels for channels-last memory whose sums roll along the columns serve, and are
/// better than blocks of rows: for 3 × 3 and 5 × 5 taps, where channels fill vectors of so many
/// lanes and caches hold the source. `problem` is normalized.
bool columns_roll(const Problem& problem, std::int64_t lanes);

/// Rows of channels-last memory that are read at a time, and how far apart they and their planes
/// are.
struct RowsRead {
    std::int64_t row_floats;
    std::int64_t rows;
    std::int64_t plane_floats = 0;
    std::int64_t planes = 1;
};

/// Whether more of them share a set of a first-level cache than it has places for.
bool rows_collide(const RowsRead& read);

/// Rows of taps from which on it pays to copy images' rows that collide to where they do not; those
/// of volumes, each of which serves several planes, always are.
/// (Measured with AVX2; the caches of processors with AVX-512 have more places.)
inline constexpr std::int64_t taps_worth_a_copy = 5;

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
    bool is_worth_a_copy() const;
    void place_columns();
    void gather_columns(std::int64_t outputs);
    bool can_roll(const Problem& problem, std::int64_t lanes) const;
    void set_strips(std::int64_t outputs);
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
