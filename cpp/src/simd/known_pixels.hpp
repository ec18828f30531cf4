#pragma once

// Pixels of a row of channels-last memory that follow one another, some of which may be padding.
// See lanes.hpp on linkage.

#include <cstdint>

#include "simd/lanes.hpp"
#include "simd/rows_read.hpp"
#include "simd/unroll.hpp"
#include "simd/usual_padding.hpp"

namespace dwconv::simd {
namespace {

/// Known when compiled: of `Count` pixels, `Left` are before the row, and `Right` behind.
template <int Count, int Left, int Right>
struct KnownPixels {
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
    static constexpr bool may_be_inside(int) { return true; }
    DWCONV_INLINE Floats at(const float* first, std::int64_t pixel) const {
        return pixel >= begin && pixel < end ? load(first + pixel * pitch) : Floats{};
    }

    std::int64_t pitch;
    std::int64_t begin;  ///< the first one inside the row
    std::int64_t end;
};

/// Calls body(pixels) with those that `Made` columns of the destination read, the first of them
/// column `first` of a row of `columns`; with KnownPixels where the padding is usual.
template <int Taps, int Step, int Made, class Body>
void with_usual_pixels(std::int64_t pixel_pitch, std::int64_t first, std::int64_t columns,
                       const Body& body) {
    constexpr int count = rows_read(Made, Step, Taps);
    const bool is_usual = with_usual_padding<Taps / 2, Step>(
        first, first + count - 1, columns, [&](auto left, auto right) {
            body(KnownPixels<count, left.value, right.value>{pixel_pitch});
        });
    if (!is_usual) body(AnyPixels{pixel_pitch, -first, columns - first});
}

}  // namespace
}  // namespace dwconv::simd
