#pragma once

// Boxes of pixels of channels-last memory: those that make a strip of the destination. See
// lanes.hpp on linkage.

#include <cstdint>

#include "simd/lanes.hpp"
#include "simd/planar_channels.hpp"
#include "simd/planar_shape.hpp"
#include "simd/rows_read.hpp"

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
        const std::int64_t right = left + rows_read(strip.column_end - strip.column_begin,
                                                    shape.column_stride, shape.kernel_columns);
        const std::int64_t bottom =
            top + rows_read(strip.row_end - strip.row_begin, shape.row_stride, shape.kernel_rows);
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

/// Copies pixels to where they follow one another: those of the source are often so far apart that
/// only a few places of the cache are theirs.
class BoxCopies {
public:
    /// `scratch`: memory for the copies, and a cache line more.
    BoxCopies(const PixelSource& source, const PixelBox& box, float* scratch)
        : source_(source), box_(box), pixels_(scratch) {
        const std::int64_t behind = floats_into_cache_line(scratch);
        if (behind != 0) pixels_ += line_floats - behind;
    }

    /// Where the copies of at most `copied_channels` channels are; to be read until the next call.
    PixelSource copy(const ChannelRange& channels) const {
        const std::int64_t row_pitch = box_.columns * copied_pitch;
        const std::int64_t before =
            box_.top * row_pitch + box_.left * copied_pitch + channels.begin;
        float* to = pixels_ - channels.begin;
        for (std::int64_t row = 0; row < box_.rows; ++row) {
            const float* from = source_.at(box_.top + row, box_.left);
            for (std::int64_t i = 0; i < box_.columns; ++i) {
                channels.for_each_vector(
                    [&](std::int64_t channel) { store(to + channel, load(from + channel)); });
                from += source_.pixel_pitch;
                to += copied_pitch;
            }
        }
        return {pixels_ - before, copied_pitch, row_pitch};
    }

private:
    PixelSource source_;
    PixelBox box_;
    float* pixels_;
};

}  // namespace
}  // namespace dwconv::simd
