#pragma once

#include <cstdint>

#include "simd/backward_weights.hpp"
#include "strategy/strategy.hpp"
#include "strategy/weights_axes.hpp"

namespace dwconv::strategy {

/// How the gradient by weights is computed: channel by channel, or vector by vector of channels;
/// each of these units has sums of its own.
struct WeightsShape {
    explicit WeightsShape(const Request& request);

    Problem problem;
    WeightsAxes axes;
    const simd::WeightsKernels& kernels;
    /// What sums the products of planes, or of pixels, as they lie; both null: rows are copied.
    simd::RollPlanes roll_planes;
    simd::RollPixels roll_pixels;
    bool vectors;        ///< lanes are channels; else columns of a plane
    std::int64_t width;  ///< channels of a unit
    std::int64_t units;
    std::int64_t taps;  ///< of a slice of the kernel

    /// The first channel; the last vector begins early enough to be a whole one.
    std::int64_t channel(std::int64_t unit) const noexcept;
    /// Channels from there on that the unit before has already.
    std::int64_t channels_before(std::int64_t unit) const noexcept;

    /// Of a unit: for each member of the multiplier and each tap of the depth those of all other
    /// taps, then for each member that of the bias. As many vectors, or sums of `width`.
    std::int64_t vectors_of_unit() const noexcept;
    std::int64_t sums_of_unit() const noexcept { return vectors_of_unit() * width; }
    std::int64_t first_vector(std::int64_t member, std::int64_t depth_tap) const noexcept;
    std::int64_t bias_vector(std::int64_t member) const noexcept;
};

}  // namespace dwconv::strategy
