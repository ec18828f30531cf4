#include "strategy/band_source.hpp"

#include <algorithm>

#include "onednn/scratch.hpp"

namespace dwconv::strategy {

namespace {

/// The rows that a band needs beside those that are there.
Range missing_rows(const Band& band, const Range& kept) {
    const bool joins = band.sources.begin >= kept.begin && band.sources.begin < kept.end;
    const std::int64_t begin = joins ? kept.end : band.sources.begin;
    return {begin, std::max(begin, band.sources.end)};
}

}  // namespace

BandSource::BandSource(const SeparableRequest& request)
    : in_place_(request.depthwise.src_order == MemoryOrder::channels_last),
      height_(request.depthwise.problem.spatial[0]),
      width_(request.depthwise.problem.spatial[1]),
      channels_(request.src_shape()[1]),
      expanded_row_(width_ * request.depthwise.problem.channels),
      copy_(1) {
    if (request.expand) pixels_.emplace(*request.expand);
}

void BandSource::prepare(const std::vector<Band>& bands, std::size_t chunk) {
    if (!pixels_) return;
    Range kept{0, 0};
    for (std::size_t i = 0; i < bands.size(); ++i) {
        if (i % chunk == 0) kept = {0, 0};
        const Range missing = missing_rows(bands[i], kept);
        if (missing.size() != 0) pixels_->add(missing.size() * width_);
        kept = {bands[i].sources.begin, missing.end};
        most_rows_ = std::max(most_rows_, kept.size());
    }
}

PackedWeights BandSource::pack(const SeparableViews& weights, float* packed) const {
    return pixels_ ? pixels_->pack(weights.expand, weights.expand_bias, packed) : PackedWeights{};
}

const float* BandSource::plain_rows(const TensorView& src, std::int64_t image,
                                    const Range& rows) const {
    // Not by the strides of the array: those of a dimension of size 1 say nothing.
    if (in_place_) return src.floats() + (image * height_ + rows.begin) * width_ * channels_;
    Tile tile{};
    tile.images = {image, image + 1};
    tile.channels = tile.sources = {0, channels_};
    tile.rows.in_begin = rows.begin;
    tile.rows.in_end = rows.end;
    tile.columns.in_end = width_;
    const std::size_t size = copy_.gather_size(tile, channels_);
    float* const to =
        onednn::thread_scratch().src_tile.reserve(size + std::size_t{2} * band_margin) +
        band_margin;
    copy_.gather(src, tile, channels_, to);
    return to;
}

const float* BandSource::Cursor::rows(const Band& band, const PackedWeights& weights,
                                      TileCalls& calls) {
    if (!source_.pixels_) return source_.plain_rows(src_, image_, band.sources);
    const std::int64_t row = source_.expanded_row_;
    float* const first = onednn::thread_scratch().expanded.reserve(
                             static_cast<std::size_t>(source_.most_rows_ * row + 2 * band_margin)) +
                         band_margin;
    const Range missing = missing_rows(band, kept_);
    const std::int64_t there = missing.begin - band.sources.begin;
    if (there != 0 && band.sources.begin != kept_.begin) {
        const float* const old = first + (band.sources.begin - kept_.begin) * row;
        std::copy(old, old + there * row, first);
    }
    if (missing.size() != 0) {
        const int kernel = source_.pixels_->index_of(missing.size() * source_.width_);
        calls[kernel]({source_.plain_rows(src_, image_, missing),
                       source_.pixels_->weights_of(weights, kernel),
                       source_.pixels_->bias_of(weights), first + there * row});
    }
    kept_ = {band.sources.begin, missing.end};
    return first;
}

}  // namespace dwconv::strategy
