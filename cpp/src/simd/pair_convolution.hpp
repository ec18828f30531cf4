#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "range.hpp"
#include "simd/byte_convolution.hpp"
#include "simd/pairs.hpp"

namespace dwconv::simd {

/// With the usual kernels, of 3 × 3 and 5 × 5 taps with a stride of 1 or 2.
class PairConvolution final : public ByteConvolution {
public:
    /// `problem` is normalized.
    static bool serves(const Problem& problem, PlanarOrder order);
    PairConvolution(const Problem& problem, PlanarOrder order, const PairKernels& kernels);

    std::string name() const override;
    std::int64_t strips() const noexcept override { return planes_; }
    std::int64_t rows() const noexcept override { return shape_.dst_rows; }
    std::size_t packed_size() const noexcept override;
    void pack(const ByteWeights& weights, float* packed) const override;
    std::size_t scratch_size() const noexcept override;
    void run(const ByteArrays& arrays, const BytePart& part, float* scratch) const override;

private:
    /// What pack() finds out.
    struct Header {
        std::int32_t is_large;  ///< see PairNumbers
        std::int32_t src_zero;
        std::int32_t dst_zero;
    };
    /// A cache line before the other packed numbers.
    static constexpr std::int64_t header_floats = 16;

    std::int64_t pairs_of_channel() const noexcept;
    std::int64_t channel_of(std::int64_t place) const noexcept;
    std::int32_t weights_at(const float* weights, std::int64_t index) const;
    PairNumbers numbers_of(const float* packed) const;
    PairNumbers of_channel(PairNumbers numbers, std::int64_t channel) const;
    Range planes_inside(const Range& src_rows) const noexcept;
    const std::uint8_t* copied(const std::uint8_t* plane, const Range& rows,
                               std::uint8_t* copy) const;
    std::int64_t copied_size() const noexcept;
    void run_planes(const ByteArrays& arrays, const BytePart& part, const PairNumbers& numbers,
                    std::uint8_t* copy) const;
    void run_pixels(const ByteArrays& arrays, const BytePart& part, const PairNumbers& numbers,
                    std::uint8_t* padding) const;

    const PairKernels* kernels_;
    PairShape shape_ = {};
    bool is_planes_;
    std::int64_t sharing_;   ///< elements of the destination that share what they load
    std::int64_t channels_;  ///< of the destination
    std::int64_t places_;    ///< of the packed arrays
    std::int64_t planes_;    ///< of the destination, or images
    std::int64_t together_;  ///< planes that are computed together
};

}  // namespace dwconv::simd
