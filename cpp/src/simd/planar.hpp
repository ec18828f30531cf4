#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include "dwconv/problem.hpp"
#include "dwconv/tensor_view.hpp"
#include "simd/level.hpp"
#include "simd/planar_geometry.hpp"
#include "simd/planar_shape.hpp"
#include "simd/planar_source.hpp"
#include "simd/transpose.hpp"

namespace dwconv::simd {

/// Some rows of some planes (images, if they are channels-last) of the destination. Those of a
/// volume follow one another.
struct PlanarPart {
    std::int64_t plane_begin;
    std::int64_t plane_end;
    std::int64_t row_begin;
    std::int64_t row_end;
    /// Floats of a row: all, but of lines, whose parts begin at multiples of block_columns().
    std::int64_t column_begin = 0;
    std::int64_t column_end = std::numeric_limits<std::int64_t>::max();
    /// Channels of each pixel: all, or such that parts begin at multiples of block_channels(), or,
    /// of all parts alike, so much before them that no cache line of the destination is of two.
    std::int64_t channel_begin = 0;
    std::int64_t channel_end = std::numeric_limits<std::int64_t>::max();
};

/// Rows of a plane of the source.
struct PlanarRows {
    std::int64_t begin;
    std::int64_t end;
    std::int64_t size() const noexcept { return end - begin; }
};

struct PlanarAhead {
    const char* data;
    std::int64_t bytes;
};

struct PlanarArrays {
    const float* src;
    float* dst;
    const float* packed;
    /// Added before the activation; as `dst` in shape and memory order. Null: nothing is.
    const float* add = nullptr;
};

/// Lanes of the vectors that suit the rows of a problem; as many as those of the level, or fewer.
std::int64_t planar_lanes(const Problem& problem, PlanarOrder order, Level level);

/// A float32 depthwise convolution in two or three dimensions on dense memory, made ready for one
/// instruction set. Immutable.
class PlanarConvolution {
public:
    /// `problem` is normalized.
    PlanarConvolution(const Problem& problem, PlanarOrder order, Level level);

    /// "planar:avx2 3x3", "planar:avx2 3x3x3"
    std::string name() const;

    /// Planes of the destination, or images; in three dimensions, of all depths.
    std::int64_t planes() const noexcept { return planes_; }
    /// Rows of a plane of the destination, and those of them that are best computed together.
    std::int64_t rows() const noexcept { return shape().dst_rows; }
    std::int64_t block_rows() const noexcept { return most_rows * shape().dst_step; }

    /// Floats of a row of the destination, and those of them that are best computed together; 0
    /// where rows cannot be cut.
    std::int64_t columns() const noexcept { return shape().dst_pitch; }
    std::int64_t block_columns() const noexcept;
    /// Channels of a pixel, and those of them that are best computed together; 0 where a part must
    /// have all.
    std::int64_t channels() const noexcept { return channels_; }
    std::int64_t block_channels() const noexcept;
    /// Floats of a row of the source.
    std::int64_t src_columns() const noexcept { return shape().src_pitch; }

    /// Planes of the destination made of one of the source, and floats of a plane of each.
    std::int64_t multiplier() const noexcept { return multiplier_; }
    std::int64_t src_plane() const noexcept { return src_size_; }
    std::int64_t dst_plane() const noexcept { return dst_size_; }

    /// Floats that pack() writes.
    std::size_t packed_size() const noexcept { return packed_size_; }
    /// `weights` is {channels, multiplier, kernel…}, `bias` {channels · multiplier} or without
    /// data. Returns false where a weight is not finite.
    bool pack(const TensorView& weights, const TensorView& bias, float* packed) const;

    /// For finite weights.
    void run(const PlanarArrays& arrays, const PlanarPart& part, PlanarScratch& scratch) const;

    /// Whether run_copied() is for this problem: in two dimensions, but not for lines.
    bool runs_copied() const noexcept { return !is_line() && !geometry_.has_depth; }
    /// The rows of the source that some of the destination read.
    PlanarRows rows_read(std::int64_t row_begin, std::int64_t row_end) const noexcept;
    /// run() on copies of those of the part's planes, one after the other, into a copy of the part.
    /// Before the source and behind it, `copied_margin` floats may be read; behind the destination,
    /// longest_vector written. `ahead` is what is to be copied next, elements of so many bytes.
    void run_copied(const PlanarArrays& arrays, const PlanarPart& part, const PlanarAhead& ahead,
                    PlanarScratch& scratch) const;
    static constexpr std::int64_t copied_margin = 2 * longest_vector;

    /// For any weights, slowly: padding meets none of them, where run() multiplies it by 0.
    void run_exactly(const PlanarArrays& arrays, const PlanarPart& part) const;

private:
    const PlanarShape& shape() const noexcept { return geometry_.shape; }
    bool is_line() const noexcept { return shape().chain_count != 0; }
    std::int64_t cut_between_channels(std::int64_t channel, const float* dst) const noexcept;
    void run_planes(const PlanarArrays& arrays, const PlanarPart& part,
                    PlanarScratch& scratch) const;
    bool repeats_planes() const noexcept;
    std::int64_t weights_of(std::int64_t channel) const noexcept;
    void pack_by_element(const TensorView& weights, float* packed) const;
    void fill_with_bias(const PlanarTile& tile) const;
    double exact_sum(const PlanarArrays& arrays, std::int64_t plane, std::int64_t row,
                     std::int64_t i) const;

    PlanarGeometry geometry_;
    const PlanarKernels* kernels_;
    Transpose transpose_;
    std::int64_t channels_;    ///< of the destination
    std::int64_t multiplier_;  ///< planes of the destination made of one of the source
    std::int64_t src_planes_;
    std::int64_t planes_;
    std::int64_t src_size_;  ///< floats of a plane of the source
    std::int64_t dst_size_;
    std::size_t bias_offset_;
    std::size_t packed_size_;
};

}  // namespace dwconv::simd
