#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "onednn/conv_kernel.hpp"
#include "strategy/strategy.hpp"
#include "strategy/tile_grid.hpp"
#include "strategy/tile_runner.hpp"

namespace dwconv::strategy {

/// Some rows of the destination of an image, and the rows of the source that make them.
struct Band {
    Range rows;
    Range sources;
};

/// Where the source of a band lies.
enum class BandMemory : std::uint8_t {
    array,   ///< in an array of all images
    scratch  ///< alone, in memory that may be read `band_margin` floats before and behind it
};

inline constexpr std::int64_t band_margin = 32;

/// Which band of which image.
struct BandPlace {
    std::int64_t image;
    std::size_t band;
};

/// A depthwise convolution cut into bands of whole rows, from and to dense channels-last memory.
class BandDepthwise {
public:
    virtual ~BandDepthwise() = default;

    /// Those of each image, from the top.
    const std::vector<Band>& bands() const noexcept { return bands_; }
    virtual std::string implementation() const = 0;
    virtual std::size_t packed_size() const noexcept = 0;
    /// As Strategy::pack().
    virtual PackedWeights pack(const TensorView& weights, const TensorView& bias,
                               float* packed) const = 0;
    /// What a thread calls, through TileCalls of its own.
    const onednn::Kernels& kernels() const noexcept { return *kernels_; }

    /// @param from  the first of the band's rows of the source
    /// @param to    where its rows of the destination go
    virtual void run(const BandPlace& place, const PackedWeights& weights, const float* from,
                     float* to, TileCalls& calls) const = 0;

protected:
    std::vector<Band> bands_;
    const onednn::Kernels* kernels_ = nullptr;
};

/// Bands of at most so many rows, for the kernels that are best for the whole problem on memory in
/// the order `whole`: oneDNN's or the project's own, which sum up in different orders. So the bits
/// are those of the depthwise convolution alone. `problem` is normalized.
std::unique_ptr<const BandDepthwise> make_band_depthwise(const Problem& problem, BandMemory memory,
                                                         std::int64_t rows, MemoryOrder whole);

}  // namespace dwconv::strategy
