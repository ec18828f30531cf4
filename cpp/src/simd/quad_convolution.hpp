#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "simd/byte_convolution.hpp"
#include "simd/quads.hpp"

namespace dwconv::simd {

/// With any kernel.
class QuadConvolution final : public ByteConvolution {
public:
    /// Whether it can: some depth multipliers, and kernels so large that sums may be beyond int32,
    /// are not for here. `problem` is normalized.
    static bool serves(const Problem& problem, PlanarOrder order, const QuadKernels& kernels);
    QuadConvolution(const Problem& problem, PlanarOrder order, const QuadKernels& kernels);

    std::string name() const override;
    std::int64_t strips() const noexcept override;
    std::int64_t rows() const noexcept override { return dst_rows_; }
    std::size_t packed_size() const noexcept override;
    void pack(const ByteWeights& weights, float* packed) const override;
    std::size_t scratch_size() const noexcept override {
        return static_cast<std::size_t>(block_planes_ * quads_ + block_length());
    }
    void run(const ByteArrays& arrays, const BytePart& part, float* scratch) const override;

private:
    /// Rows of the source that are met by the same taps as those a stride on follow one another.
    struct Phase {
        std::int64_t row;    ///< the remainder of a row of the kernel by the stride
        std::int64_t more;   ///< rows beyond as many as the destination's
        std::int64_t quads;  ///< where those of the first group begin, for a whole block of rows
        std::int64_t group_pitch;
    };
    /// What pack() finds out.
    struct Header {
        std::int32_t parts;     ///< into which weights are cut
        std::int32_t wide;      ///< sums with the bias may be beyond int32
        std::int32_t src_zero;  ///< as the source has it
        std::int32_t dst_zero;
    };
    struct Block;
    /// Weights less their zero point may be beyond int8, from -255 to 255. Three int8 make them, or
    /// four of those that are exact in pairs.
    static constexpr std::int64_t most_parts = 4;
    /// The weights of a quad as a sum of quads of int8.
    struct Cut {
        std::int32_t quads[most_parts] = {};
        std::int32_t parts = 0;
    };
    /// A cache line before the other packed numbers.
    static constexpr std::int64_t header_floats = 16;
    static constexpr std::int64_t largest_sum = std::numeric_limits<std::int32_t>::max();

    std::int64_t groups() const noexcept;
    std::int64_t block_length() const noexcept { return kernels_->block(); }
    bool is_planes() const noexcept { return period_ == 1; }
    std::int64_t pitch_of(std::int64_t length) const noexcept;
    std::int64_t channel_at(std::int64_t place) const noexcept;
    void place_rows();
    std::vector<Cut> cuts_of(const ByteWeights& weights) const;
    void make_rows(const Header& header, const void* src, const Block& block, bool kept,
                   Quad* quads) const;
    void convolve(const Header& header, const ByteArrays& arrays, const Block& block,
                  const Quad* quads) const;

    const QuadKernels* kernels_;
    bool src_signed_;
    bool dst_signed_;
    std::int64_t channels_;  ///< of the destination
    std::int64_t multiplier_;
    std::int64_t period_;  ///< elements of a row after which the channels come again
    std::int64_t places_;  ///< of the packed arrays
    std::int64_t planes_;
    std::int64_t src_rows_;
    std::int64_t src_pitch_;  ///< bytes of a row
    std::int64_t dst_rows_;
    std::int64_t dst_pitch_;
    std::int64_t kernel_rows_;
    std::int64_t kernel_columns_;
    std::int64_t row_stride_;
    std::int64_t row_dilation_;
    std::int64_t row_padding_;
    QuadColumns columns_;  ///< of the first group of taps
    std::int64_t piece_;   ///< elements of a row of the destination that are computed together
    std::int64_t block_rows_ = 1;
    std::int64_t block_planes_ = 1;
    std::int64_t quads_ = 0;  ///< of a plane's block
    std::vector<Phase> phases_;
    /// Of each quad of taps, {parts, rows, groups}, in a usual piece and in the last one.
    std::vector<std::int64_t> offsets_[2];
};

}  // namespace dwconv::simd
