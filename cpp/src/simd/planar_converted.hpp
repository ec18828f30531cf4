#pragma once

#include <cstdint>
#include <string>

#include "onednn/scratch.hpp"
#include "simd/convert.hpp"
#include "simd/planar.hpp"

namespace dwconv::simd {

/// Of other types than float32.
struct ConvertedArrays {
    const void* src;
    void* dst;
    const float* packed;
};

/// A convolution that runs_copied(), between arrays of other types than float32: some
/// rows of the source at a time become float32 in the cache, and what is made of them becomes the
/// type of the destination. Immutable.
class PlanarConverted {
public:
    /// `problem` is normalized.
    PlanarConverted(const Problem& problem, PlanarOrder order, Level level);

    /// "convert:avx512, planar:avx512 3x3"
    std::string name() const;
    const PlanarConvolution& convolution() const noexcept { return convolution_; }

    struct Scratch {
        PlanarScratch planar;
        onednn::ScratchBuffer src;
        onednn::ScratchBuffer dst;
    };
    void run(const ConvertedArrays& arrays, const PlanarPart& part, Scratch& scratch) const;
    /// For weights that are not finite.
    void run_exactly(const ConvertedArrays& arrays, const PlanarPart& part, Scratch& scratch) const;

private:
    /// Reads `src_count` elements from `src` on, has `convolve` make `dst_count` of them, and
    /// writes these from `dst` on.
    template <class Convolve>
    void convert(const ConvertedArrays& arrays, std::int64_t src, std::int64_t src_count,
                 std::int64_t dst, std::int64_t dst_count, Scratch& scratch,
                 const Convolve& convolve) const;

    PlanarConvolution convolution_;
    Level level_;
    std::int64_t src_bytes_;  ///< of an element
    std::int64_t dst_bytes_;
    Conversions widening_;
    Conversions narrowing_;
    bool past_caches_;
    std::int64_t block_rows_;        ///< of the destination
    std::int64_t block_planes_ = 1;  ///< where those are all rows
};

}  // namespace dwconv::simd
