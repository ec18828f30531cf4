#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "strategy/tile_grid.hpp"
#include "strategy/weights_packing.hpp"

namespace dwconv::strategy {

/// Kernels of one 1×1 convolution on dense channels-last memory, for some numbers of pixels at a
/// time, with their packed weights.
class PixelKernels {
public:
    /// `problem` is normalized.
    explicit PixelKernels(const Problem& problem) : problem_(problem), packing_(problem) {}

    /// Makes the kernel for so many pixels ready; which of kernels() it is.
    int add(std::int64_t pixels);
    /// The one that was made ready for so many pixels.
    int index_of(std::int64_t pixels) const noexcept;

    const onednn::Kernels& kernels() const noexcept { return kernels_; }
    bool all_fast() const noexcept;

    std::size_t packed_size() const noexcept;
    PackedWeights pack(const TensorView& weights, const TensorView& bias, float* packed) const;
    /// What `kernel` takes beside source and destination.
    const float* weights_of(const PackedWeights& packed, int kernel) const noexcept;
    const float* bias_of(const PackedWeights& packed) const noexcept;

private:
    Problem problem_;
    WeightsPacking packing_;
    onednn::Kernels kernels_;
    std::vector<std::size_t> offsets_;
};

}  // namespace dwconv::strategy
