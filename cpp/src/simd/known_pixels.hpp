#pragma once

// Pixels of a row of channels-last memory that follow one another, some of which may be padding.
// See lanes.hpp on linkage.

#include <cstdint>

#include "simd/lanes.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

/// Known when compiled: of `Count` pixels, `Left` are before the row, and `Right` behind.
template <int Count, int Left, int Right>
struct KnownPixels {
    DWCONV_INLINE KnownPixels(std::int64_t pixel_pitch, std::int64_t, std::int64_t)
        : pitch(pixel_pitch) {}

    static constexpr bool may_be_inside(int pixel) {
        return pixel >= Left && pixel < Count - Right;
    }
    /// `first`: the first of them, inside the row or not.
    DWCONV_INLINE Floats at(const float* first, std::int64_t pixel) const {
        return load(first + pixel * pitch);
    }

    std::int64_t pitch;
};

/// The same for any pixels.
struct AnyPixels {
    /// `first`: the column of the first one, in a row of `columns`.
    DWCONV_INLINE AnyPixels(std::int64_t pixel_pitch, std::int64_t first, std::int64_t columns)
        : pitch(pixel_pitch), begin(-first), end(columns - first) {}

    static constexpr bool may_be_inside(int) { return true; }
    DWCONV_INLINE Floats at(const float* first, std::int64_t pixel) const {
        return pixel >= begin && pixel < end ? load(first + pixel * pitch) : Floats{};
    }

    std::int64_t pitch;
    std::int64_t begin;
    std::int64_t end;
};

}  // namespace
}  // namespace dwconv::simd
