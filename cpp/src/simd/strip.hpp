#pragma once

// Kernels of a separable convolution, 3 × 3 and then 1 × 1, on channels-last memory, for a strip:
// two rows of some pixels, whose depthwise result stays in the first-level cache. Plain data and
// pointers only: files that are compiled for a newer processor include this.

#include <cstdint>

#include "simd/fused_activation.hpp"
#include "simd/level.hpp"

namespace dwconv::simd {

/// Rows of the depthwise result that are computed at once, and rows of the source that make them.
inline constexpr int strip_rows = 2;
inline constexpr int strip_sources = strip_rows + 2;

/// The depthwise half of a strip.
struct StripDepthwise {
    /// Of the source, from the pixel before the first one of the result to the one behind the last.
    const float* rows[strip_sources];
    std::int64_t pixels;  ///< in a row of the result, at least 2
    std::int64_t channels;
    const float* weights;  ///< {9, channels}
    const float* bias;
    float* dst;  ///< {strip_rows, pixels, channels}
    const FusedActivation* activation;
};

/// The 1×1 half of one row of a strip.
struct StripMix {
    const float* src;  ///< {pixels, channels}
    std::int64_t pixels;
    std::int64_t channels;
    std::int64_t outputs;
    /// Panels of `panel` outputs, the last one perhaps half as wide: {outputs / panel, channels,
    /// panel}
    const float* weights;
    const float* bias;
    float* dst;  ///< {pixels, outputs}
    const FusedActivation* activation;
    /// Stores go past the caches, to an array that is aligned to whole vectors.
    bool streams;
    /// What is read next, and is asked for meanwhile; not null.
    const float* ahead;
    const float* ahead_end;
};

/// The kernels of one instruction set. Channels and outputs are multiples of `lanes`.
struct StripKernels {
    const char* name;
    std::int64_t lanes;
    std::int64_t panel;
    /// Pixels of a row that are mixed at once.
    std::int64_t pixels;
    void (*depthwise)(const StripDepthwise& strip);
    void (*mix)(const StripMix& strip);
};

/// Those with the longest vectors that both numbers are multiples of; null where there are none.
const StripKernels* strip_kernels_for(Level level, std::int64_t channels,
                                      std::int64_t outputs) noexcept;

}  // namespace dwconv::simd
