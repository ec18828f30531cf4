#pragma once

#include <cstdint>

#include "dwconv/problem.hpp"
#include "simd/planar.hpp"

namespace dwconv::strategy {

/// How a planar convolution is cut into tiles for threads: many planes (images, if they are
/// channels-last) to a tile, or many tiles to a plane.
class PlanarTiles {
public:
    /// `problem` is normalized, and that of the convolution.
    PlanarTiles(const Problem& problem, const simd::PlanarConvolution& convolution, int threads);

    std::int64_t size() const noexcept { return size_; }
    simd::PlanarPart part(std::int64_t tile) const noexcept;

private:
    /// What planes are cut between: their rows; the columns of their only one; or the channels of
    /// their pixels.
    enum class Axis : std::uint8_t { rows, columns, channels };
    struct Cut {
        Axis axis;
        std::int64_t length;  ///< of a plane
        std::int64_t block;   ///< best computed together
    };

    static Cut best_cut(const simd::PlanarConvolution& convolution, int threads);
    void set_bands(std::int64_t bands, int threads, bool cuts_for_cache);

    std::int64_t all_planes_;
    std::int64_t rows_;
    Cut cut_;
    std::int64_t planes_ = 1;  ///< of a tile
    std::int64_t band_ = 1;    ///< rows, columns or channels of a tile
    std::int64_t bands_ = 1;   ///< of a plane
    std::int64_t size_ = 1;
};

}  // namespace dwconv::strategy
