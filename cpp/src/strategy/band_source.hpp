#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "strategy/band_depthwise.hpp"
#include "strategy/pixel_kernels.hpp"
#include "strategy/separable.hpp"
#include "strategy/tile_copy.hpp"

namespace dwconv::strategy {

/// What the depthwise part of a fused convolution reads, as dense channels-last rows: the array as
/// it lies, a copy of some rows of it, or the 1×1 convolution of them.
class BandSource {
public:
    explicit BandSource(const SeparableRequest& request);

    /// Makes ready for bands, of which `chunk` at a time are asked for one after the other.
    void prepare(const std::vector<Band>& bands, std::size_t chunk);

    BandMemory memory() const noexcept {
        return pixels_ || !in_place_ ? BandMemory::scratch : BandMemory::array;
    }
    /// None without a 1×1 convolution.
    const onednn::Kernels& kernels() const noexcept { return pixels_ ? pixels_->kernels() : none_; }
    bool all_fast() const noexcept { return !pixels_ || pixels_->all_fast(); }
    std::size_t packed_size() const noexcept { return pixels_ ? pixels_->packed_size() : 0; }
    PackedWeights pack(const SeparableViews& weights, float* packed) const;

    /// Rows of the array, or a copy of them.
    const float* plain_rows(const TensorView& src, std::int64_t image, const Range& rows) const;

    /// One chunk of an image, from its first band to its last.
    class Cursor {
    public:
        Cursor(const BandSource& source, const TensorView& src, std::int64_t image)
            : source_(source), src_(src), image_(image) {}
        /// The rows that make a band, until the next call.
        const float* rows(const Band& band, const PackedWeights& weights, TileCalls& calls);

    private:
        const BandSource& source_;
        const TensorView& src_;
        std::int64_t image_;
        Range kept_{0, 0};
    };

private:
    bool in_place_;
    std::int64_t height_;
    std::int64_t width_;
    std::int64_t channels_;  ///< of the array
    std::int64_t expanded_row_ = 0;
    std::int64_t most_rows_ = 0;
    std::optional<PixelKernels> pixels_;
    onednn::Kernels none_;
    TileCopy copy_;
};

}  // namespace dwconv::strategy
