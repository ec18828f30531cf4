#pragma once

// Channels of channels-last memory, a vector or a cache line of them at a time. See lanes.hpp on
// linkage.

#include <cstdint>

#include "simd/lanes.hpp"
#include "simd/planar_shape.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

/// Some channels, a vector of them at least.
struct ChannelRange {
    std::int64_t begin;
    std::int64_t end;
    /// From the first vector to the second, which may overlap.
    std::int64_t step = lanes;

    /// Calls body(channel) with the first channel of each vector. The last one is moved back to end
    /// with the range.
    template <class Body>
    DWCONV_INLINE void for_each_vector(const Body& body) const {
        const std::int64_t last = end - lanes;
        std::int64_t channel = begin;
        for (std::int64_t next = begin + step;; next += lanes) {
            body(channel);
            if (channel == last) return;
            channel = next < last ? next : last;
        }
    }
};

/// How many of the channels are before the first one that begins a cache line; 0 where that does
/// not matter. With whole vectors of channels, those that are aligned in one pixel are so in all.
/// `src`: channel 0 of one.
inline std::int64_t channels_before_line(const PlanarShape& shape, const float* src,
                                         const ChannelRange& channels) {
    if (!shape.aligns_channels) return 0;
    const std::int64_t behind = floats_into_cache_line(src + channels.begin);
    return behind == 0 ? 0 : line_floats - behind;
}

/// The same channels, in vectors that are aligned from the second one on.
inline ChannelRange aligned_channels(const PlanarShape& shape, const float* src,
                                     const ChannelRange& channels) {
    const std::int64_t before = channels_before_line(shape, src, channels) % lanes;
    return {channels.begin, channels.end, before == 0 ? lanes : before};
}

/// Calls body(part) with the channels, `size` at a time; `before` of them are before the first
/// whole part.
template <class Body>
void for_each_part(const ChannelRange& channels, std::int64_t size, std::int64_t before,
                   const Body& body) {
    const std::int64_t last = channels.end - lanes;
    for (std::int64_t next = channels.begin + (before == 0 ? 0 : before - size);
         next < channels.end; next += size) {
        const std::int64_t begin = clamp_to(next, channels.begin, last);
        body(ChannelRange{begin, clamp_to(next + size, begin + lanes, channels.end)});
    }
}

}  // namespace
}  // namespace dwconv::simd
