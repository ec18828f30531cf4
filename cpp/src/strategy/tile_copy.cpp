#include "strategy/tile_copy.hpp"

#include <algorithm>

#include "onednn/library.hpp"

namespace dwconv::strategy {

namespace {

/// Rows and columns of one image, as runs of pixels that are evenly spaced in the array.
struct PixelRuns {
    std::int64_t count;
    std::int64_t length;
    std::int64_t distance;  ///< in the array, from run to run

    PixelRuns(std::int64_t rows, std::int64_t columns, const Dims& strides)
        : count(rows), length(columns), distance(strides[2]) {
        // Whole rows that follow one another are one long run.
        if (strides[2] == columns * strides[3]) {
            count = 1;
            length = rows * columns;
        }
    }
};

/// Copies `pixels` pixels of `channels` channels from an array into channels-last memory whose
/// pixels are `lanes` apart.
void gather_run(const float* from, const Dims& strides, std::int64_t channels, std::int64_t pixels,
                std::int64_t lanes, simd::Transpose transpose, float* to) {
    if (strides[3] == 1) {
        transpose(from, strides[1], to, lanes, channels, pixels);
        return;
    }
    for (std::int64_t p = 0; p < pixels; ++p) {
        const float* const pixel = from + p * strides[3];
        float* const lane = to + p * lanes;
        if (strides[1] == 1) {
            std::copy_n(pixel, channels, lane);
        } else {
            for (std::int64_t c = 0; c < channels; ++c) lane[c] = pixel[c * strides[1]];
        }
    }
}

/// The inverse of gather_run().
void scatter_run(const float* from, std::int64_t lanes, const Dims& strides, std::int64_t channels,
                 std::int64_t pixels, simd::Transpose transpose, float* to) {
    if (strides[3] == 1) {
        transpose(from, lanes, to, strides[1], pixels, channels);
        return;
    }
    for (std::int64_t p = 0; p < pixels; ++p) {
        const float* const lane = from + p * lanes;
        float* const pixel = to + p * strides[3];
        if (strides[1] == 1) {
            std::copy_n(lane, channels, pixel);
        } else {
            for (std::int64_t c = 0; c < channels; ++c) pixel[c * strides[1]] = lane[c];
        }
    }
}

std::int64_t pixels_of(const Tile& tile) {
    return tile.images.size() * tile.rows.inputs() * tile.columns.inputs();
}

/// Repeats each of the gathered channels for the destination channels made of it.
void repeat_channels(const float* from, const Range& sources, const Tile& tile,
                     std::int64_t multiplier, std::int64_t lanes, simd::Repeat repeat, float* to) {
    const std::int64_t pixels = pixels_of(tile);
    const bool whole = tile.channels.begin == sources.begin * multiplier &&
                       tile.channels.size() == sources.size() * multiplier;
    if (whole && lanes == tile.channels.size()) {
        repeat(from, pixels * sources.size(), multiplier, to);
        return;
    }
    for (std::int64_t p = 0; p < pixels; ++p, from += sources.size(), to += lanes) {
        if (whole) {
            repeat(from, sources.size(), multiplier, to);
            continue;
        }
        float* lane = to;
        for (std::int64_t c = sources.begin; c < sources.end; ++c) {
            const std::int64_t end = std::min((c + 1) * multiplier, tile.channels.end);
            const std::int64_t begin = std::max(c * multiplier, tile.channels.begin);
            lane = std::fill_n(lane, end - begin, from[c - sources.begin]);
        }
    }
}

void clear_idle_lanes(std::int64_t pixels, std::int64_t channels, std::int64_t lanes, float* tile) {
    if (channels == lanes) return;
    for (std::int64_t p = 0; p < pixels; ++p) {
        std::fill(tile + p * lanes + channels, tile + (p + 1) * lanes, 0.0f);
    }
}

}  // namespace

TileCopy::TileCopy(std::int64_t multiplier)
    : transpose_(simd::transpose_for(onednn::simd_level())),
      repeat_(simd::repeat_for(onednn::simd_level())),
      multiplier_(multiplier) {}

std::size_t TileCopy::gather_size(const Tile& tile, std::int64_t lanes) const noexcept {
    const std::int64_t sources = multiplier_ == 1 ? 0 : tile.sources.size();
    return static_cast<std::size_t>(pixels_of(tile) * (lanes + sources));
}

void TileCopy::gather(const TensorView& src, const Tile& tile, std::int64_t lanes,
                      float* to) const {
    const Range& sources = tile.sources;
    const std::int64_t rows = tile.rows.inputs();
    const std::int64_t columns = tile.columns.inputs();
    float* const gathered = multiplier_ == 1 ? to : to + pixels_of(tile) * lanes;
    const std::int64_t width = multiplier_ == 1 ? lanes : sources.size();
    const PixelRuns runs(rows, columns, src.strides);
    float* at = gathered;
    for (std::int64_t n = tile.images.begin; n < tile.images.end; ++n) {
        const float* const image =
            src.floats() + n * src.strides[0] + sources.begin * src.strides[1] +
            tile.rows.in_begin * src.strides[2] + tile.columns.in_begin * src.strides[3];
        for (std::int64_t r = 0; r < runs.count; ++r, at += runs.length * width) {
            gather_run(image + r * runs.distance, src.strides, sources.size(), runs.length, width,
                       transpose_, at);
        }
    }
    if (multiplier_ != 1) {
        repeat_channels(gathered, sources, tile, multiplier_, lanes, repeat_, to);
    }
    clear_idle_lanes(pixels_of(tile), multiplier_ == 1 ? sources.size() : tile.channels.size(),
                     lanes, to);
}

void TileCopy::scatter(const float* from, const Tile& tile, std::int64_t lanes,
                       const MutableTensorView& dst) const {
    const PixelRuns runs(tile.rows.outputs(), tile.columns.outputs(), dst.strides);
    for (std::int64_t n = tile.images.begin; n < tile.images.end; ++n) {
        float* const image =
            dst.floats() + n * dst.strides[0] + tile.channels.begin * dst.strides[1] +
            tile.rows.out_begin * dst.strides[2] + tile.columns.out_begin * dst.strides[3];
        for (std::int64_t r = 0; r < runs.count; ++r, from += runs.length * lanes) {
            scatter_run(from, lanes, dst.strides, tile.channels.size(), runs.length, transpose_,
                        image + r * runs.distance);
        }
    }
}

}  // namespace dwconv::strategy
