#pragma once

#include <cstdint>

#include "onednn/scratch.hpp"
#include "simd/convert.hpp"
#include "simd/planar.hpp"

namespace dwconv::simd {

/// A convolution of planes whose destination is larger than the caches: some of its rows at a time
/// are made in the cache, and written past it from there, in whole cache lines, so that memory is
/// not read before it is written. (The kernels write strips of many rows, which begin anywhere.
/// Those for channels-last memory write long runs, and were as fast without.) Immutable.
class PlanarStreamed {
public:
    /// Whether it is for this problem, which is normalized: in two dimensions, but not for lines,
    /// whose kernels write past the caches themselves.
    static bool serves(const Problem& problem, PlanarOrder order,
                       const PlanarConvolution& convolution);
    PlanarStreamed(const PlanarConvolution& convolution, Level level);

    struct Scratch {
        PlanarScratch planar;
        onednn::ScratchBuffer dst;
    };
    /// As PlanarConvolution's, of a part that has all columns and channels.
    void run(const PlanarConvolution& convolution, const PlanarArrays& arrays,
             const PlanarPart& part, Scratch& scratch) const;

private:
    Conversions::Narrow write_;
    std::int64_t block_rows_;        ///< of the destination
    std::int64_t block_planes_ = 1;  ///< where those are all rows
};

}  // namespace dwconv::simd
