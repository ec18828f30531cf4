#pragma once

// Boxes of pixels of channels-last memory: those that make a strip of the destination. See
// lanes.hpp on linkage.

#include <cstdint>

#include "simd/lanes.hpp"
#include "simd/planar_channels.hpp"
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

/// Where the pixels of an image are, or those of it that are read.
struct PixelSource {
    const float* first;  ///< channel 0 in the first row and column, be it there or not
    std::int64_t pixel_pitch;
    std::int64_t row_pitch;

    DWCONV_INLINE const float* at(std::int64_t row, std::int64_t column) const {
        return first + row * row_pitch + column * pixel_pitch;
    }
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

    std::int64_t left;
    std::int64_t columns = 0;
    std::int64_t top;
    std::int64_t rows = 0;
};

/// Copies pixels of a cache line of channels to where they follow one another: those of the source
/// are often so far apart that only a few places of the cache are theirs.
class BoxCopies {
public:
    BoxCopies(const PixelSource& source, const PixelBox& box) : source_(source), box_(box) {}

    /// Where they are then; to be read until the next call.
    PixelSource copy(const ChannelRange& channels) {
        constexpr int vectors = line_floats / lanes;
        std::int64_t places[vectors];
        for (int v = 0; v < vectors; ++v) {
            places[v] = clamp_to(v * lanes, 0, channels.end - channels.begin - lanes);
        }
        float* to = pixels_;
        for (std::int64_t row = 0; row < box_.rows; ++row) {
            const float* from = source_.at(box_.top + row, box_.left) + channels.begin;
            for (std::int64_t i = 0; i < box_.columns; ++i) {
                for (const std::int64_t place : places) store(to + place, load(from + place));
                from += source_.pixel_pitch;
                to += line_floats;
            }
        }
        const std::int64_t row_pitch = box_.columns * line_floats;
        const std::int64_t before = box_.top * row_pitch + box_.left * line_floats;
        return {pixels_ - before - channels.begin, line_floats, row_pitch};
    }

private:
    const PixelSource& source_;
    const PixelBox& box_;
    alignas(line_floats * sizeof(float)) float pixels_[most_strip_pixels * line_floats];
};

}  // namespace
}  // namespace dwconv::simd
