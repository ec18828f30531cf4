#pragma once

#include <cstdint>
#include <vector>

namespace dwconv::strategy {

/// One dimension of a convolution, seen from its source: element i is met by tap k of output o
/// where o · stride + k · dilation = i + pad_low.
struct Backward {
    std::int64_t elements;  ///< of the source, which is what is made here
    std::int64_t outputs;   ///< of the convolution, which are read here
    std::int64_t kernel;
    std::int64_t stride;
    std::int64_t dilation;
    std::int64_t pad_low;
};

/// A tap that meets elements j · stride + phase, at the outputs j + offset.
struct PhaseTap {
    std::int64_t tap;
    std::int64_t offset;
};

/// The taps that meet each phase, the elements with the same remainder by the stride. Within a
/// phase they are a convolution with stride 1.
struct AxisPhases {
    std::int64_t stride = 1;
    std::int64_t outputs = 0;
    /// As many as the stride, or as the elements where those are fewer.
    std::vector<std::vector<PhaseTap>> phases;
    std::int64_t least_offset = 0;
    std::int64_t largest_offset = 0;

    explicit AxisPhases(const Backward& axis);

    std::int64_t count() const noexcept { return static_cast<std::int64_t>(phases.size()); }
    const std::vector<PhaseTap>& of(std::int64_t element) const {
        return phases[static_cast<std::size_t>(element % stride)];
    }
    /// The output that a tap reads for an element, or -1 where there is none.
    std::int64_t output(std::int64_t element, const PhaseTap& tap) const noexcept {
        const std::int64_t at = element / stride + tap.offset;
        return at >= 0 && at < outputs ? at : -1;
    }
};

}  // namespace dwconv::strategy
