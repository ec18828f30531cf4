#pragma once

// Boxes of pixels of channels-last memory: those that make a strip of the destination. See
// lanes.hpp on linkage.

#include <cstdint>

#include "simd/lanes.hpp"
#include "simd/planar_shape.hpp"

namespace dwconv::simd {
namespace {

/// Some rows and columns of the destination.
struct PixelStrip {
    std::int64_t column_begin;
    std::int64_t column_end;
    std::int64_t row_begin;
    std::int64_t row_end;
};

/// The rows and columns of the source that a strip reads.
struct PixelBox {
    PixelBox(const PlanarShape& shape, const PixelStrip& strip)
        : left(strip.column_begin * shape.column_stride + shape.first_column),
          top(strip.row_begin * shape.row_stride - shape.row_padding) {
        const std::int64_t right = (strip.column_end - 1) * shape.column_stride +
                                   shape.first_column + shape.kernel_columns;
        const std::int64_t bottom =
            (strip.row_end - 1) * shape.row_stride - shape.row_padding + shape.kernel_rows;
        left = clamp_to(left, 0, shape.src_columns);
        columns = clamp_to(right, left, shape.src_columns) - left;
        top = clamp_to(top, 0, shape.src_rows);
        rows = clamp_to(bottom, top, shape.src_rows) - top;
    }

    /// Its first pixel in a source.
    const float* first(const PlanarShape& shape, const float* src) const {
        return src + top * shape.src_pitch + left * shape.src_channels;
    }

    std::int64_t left;
    std::int64_t columns = 0;
    std::int64_t top;
    std::int64_t rows = 0;
};

/// Where the pixels of a box are, of a vector of channels.
struct BoxSource {
    const float* first;  ///< in the first row and column
    std::int64_t pixel_pitch;
    std::int64_t row_pitch;
};

/// Copies pixels of channels that fill two vectors to where they follow one another: those of the
/// source are often so far apart that only a few places of the cache are theirs.
class BoxCopies {
public:
    BoxCopies(const PlanarShape& shape, const float* src, const PixelBox& box)
        : shape_(shape), from_(box.first(shape, src)), box_(box) {}

    /// Of the channels from `channel` on, and from `second` on.
    void copy(std::int64_t channel, std::int64_t second) {
        Floats* to = pixels_;
        for (std::int64_t row = 0; row < box_.rows; ++row) {
            const float* from = from_ + row * shape_.src_pitch;
            for (std::int64_t i = 0; i < box_.columns; ++i, from += shape_.src_channels, ++to) {
                *to = load(from + channel);
                to[most_strip_pixels] = load(from + second);
            }
        }
    }

    /// That of the first vector, or of the second.
    BoxSource source(std::int64_t vector) const {
        const auto* const first =
            reinterpret_cast<const float*>(pixels_ + vector * most_strip_pixels);
        return {first, lanes, box_.columns * lanes};
    }

private:
    const PlanarShape& shape_;
    const float* from_;
    const PixelBox& box_;
    Floats pixels_[2 * most_strip_pixels];
};

}  // namespace
}  // namespace dwconv::simd
