#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "dwconv/problem.hpp"
#include "dwconv/tensor_view.hpp"
#include "simd/level.hpp"
#include "simd/planar_shape.hpp"

namespace dwconv::simd {

/// Which numbers follow one another in memory.
enum class PlanarOrder : std::uint8_t {
    planes,        ///< the columns of a channel: NCHW
    channels_last  ///< the channels of a column: NHWC
};

/// Some rows of the destination, of one plane of `planes` or of one image of `channels_last`.
struct PlanarPart {
    const float* src;  ///< the first row of the plane or image
    float* dst;        ///< likewise
    const float* packed;
    std::int64_t channel;  ///< of the destination; 0 for an image
    std::int64_t row_begin;
    std::int64_t row_end;
    /// Floats from `dst` on up to which this caller computes all, now or by later calls: garbage
    /// may be left for a while behind the part's own rows, but not beyond this.
    std::int64_t dst_end;
};

/// What a thread needs while it computes; see PlanarConvolution::scratch_size().
struct PlanarScratch {
    float* gathered;
    std::vector<const float*> pointers;
};

/// A float32 depthwise convolution in two dimensions on dense memory, made ready for one
/// instruction set. Immutable.
class PlanarConvolution {
public:
    /// `problem` is normalized.
    PlanarConvolution(const Problem& problem, PlanarOrder order, Level level);
    PlanarConvolution(const PlanarConvolution&) = delete;
    PlanarConvolution& operator=(const PlanarConvolution&) = delete;

    /// "planar:avx2 3x3"
    std::string name() const;

    /// Floats that pack() writes.
    std::size_t packed_size() const noexcept { return packed_size_; }
    /// `weights` is {channels, multiplier, kh, kw}, `bias` {channels · multiplier} or without data.
    /// Returns false where a weight is not finite.
    bool pack(const TensorView& weights, const TensorView& bias, float* packed) const;

    /// Floats of scratch memory that run() needs.
    std::size_t scratch_size() const noexcept;
    std::size_t pointer_count() const noexcept;
    /// For finite weights.
    void run(const PlanarPart& part, PlanarScratch& scratch) const;
    /// For any weights, slowly: padding meets none of them, where run() multiplies it by 0.
    void run_exactly(const PlanarPart& part) const;

    /// Rows of the destination that are best computed together.
    std::int64_t block_rows() const noexcept { return most_rows * shape_.dst_step; }

private:
    void share_rows(const Problem& problem);
    void lay_columns(const Problem& problem);
    const float* weights_of(const PlanarPart& part) const;
    const float* bias_of(const PlanarPart& part) const;

    PlanarShape shape_;
    const PlanarKernels* kernels_;
    std::int64_t channels_;  ///< of the destination
    std::int64_t column_dilation_;
    std::size_t bias_offset_ = 0;
    std::size_t packed_size_ = 0;
    std::vector<std::int64_t> offsets_;
    std::vector<ColumnPhase> phases_;
    std::vector<float> zero_row_;
};

}  // namespace dwconv::simd
