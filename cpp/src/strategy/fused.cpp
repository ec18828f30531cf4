#include <algorithm>
#include <memory>
#include <string>

#include "ceil_div.hpp"
#include "dwconv/errors.hpp"
#include "onednn/scratch.hpp"
#include "strategy/band_depthwise.hpp"
#include "strategy/band_source.hpp"
#include "strategy/bands.hpp"
#include "strategy/cache_line.hpp"
#include "strategy/pixel_kernels.hpp"
#include "strategy/residual.hpp"
#include "strategy/separable.hpp"
#include "strategy/strips.hpp"
#include "strategy/tile_copy.hpp"

namespace dwconv::strategy {

namespace {

Unsupported unsupported(const std::string& reason) {
    return Unsupported({"strategy", "one that can serve this problem", "'fused': " + reason});
}

/// A thread's calls into the kernels of each part.
struct BandCalls {
    std::unique_ptr<TileCalls> expand;
    std::unique_ptr<TileCalls> depthwise;
    std::unique_ptr<TileCalls> pointwise;
};

/// The depthwise result of a band of rows stays in the cache, and goes straight into the 1×1
/// convolution; so does what another 1×1 convolution before it makes. Arrays in other orders than
/// channels-last are gathered and scattered on the way.
class Fused final : public Separable {
public:
    explicit Fused(const SeparableRequest& request)
        : request_(request),
          cut_(band_cut(request)),
          source_(request),
          depthwise_(make_band_depthwise(request.depthwise.problem, source_.memory(), cut_.rows,
                                         request.between_order())),
          pixels_(request.pointwise),
          copy_(1),
          width_(request.pointwise.spatial[1]) {
        const auto& bands = depthwise_->bands();
        chunk_ = static_cast<std::size_t>(ceil_div(cut_.chunk_rows, cut_.rows));
        source_.prepare(bands, chunk_);
        for (const Band& band : bands) pixels_.add(band.rows.size() * width_);
        if (!source_.all_fast() || !pixels_.all_fast()) {
            throw unsupported("oneDNN has no fast kernel for it, only " + implementation());
        }
        pointwise_offset_ = rounded_to_line(depthwise_->packed_size());
        expand_offset_ = pointwise_offset_ + rounded_to_line(pixels_.packed_size());
    }

    StrategyKind kind() const noexcept override { return StrategyKind::fused; }
    std::string implementation() const override {
        const std::string both =
            depthwise_->implementation() + ", " + onednn::names_of(pixels_.kernels());
        return request_.expand ? onednn::names_of(source_.kernels()) + ", " + both : both;
    }
    std::size_t packed_size() const noexcept override {
        return expand_offset_ + source_.packed_size();
    }

    PackedSeparable pack(const SeparableViews& weights, float* packed) const override {
        return {depthwise_->pack(weights.depthwise, weights.depthwise_bias, packed),
                pixels_.pack(weights.pointwise, weights.bias, packed + pointwise_offset_),
                source_.pack(weights, packed + expand_offset_)};
    }

    void run(const TensorView& src, const PackedSeparable& weights,
             const MutableTensorView& dst) const override {
        const auto chunks = ceil_div(static_cast<std::int64_t>(depthwise_->bands().size()),
                                     static_cast<std::int64_t>(chunk_));
        const std::int64_t tiles = request_.depthwise.problem.batch * chunks;
        parallel_for(tiles, request_.depthwise.threads, [&](TileQueue& queue) {
            const onednn::SingleThreaded one_thread;
            BandCalls calls = {expand_calls_.take(source_.kernels()),
                               depthwise_calls_.take(depthwise_->kernels()),
                               pointwise_calls_.take(pixels_.kernels())};
            while (const auto tile = queue.next()) {
                const auto first = static_cast<std::size_t>(*tile % chunks) * chunk_;
                run_chunk(src, {*tile / chunks, first}, weights, dst, calls);
            }
            expand_calls_.give(std::move(calls.expand));
            depthwise_calls_.give(std::move(calls.depthwise));
            pointwise_calls_.give(std::move(calls.pointwise));
        });
    }

private:
    void run_chunk(const TensorView& src, const BandPlace& first, const PackedSeparable& weights,
                   const MutableTensorView& dst, BandCalls& calls) const {
        const auto& bands = depthwise_->bands();
        BandSource::Cursor source(source_, src, first.image);
        const std::size_t end = std::min(first.band + chunk_, bands.size());
        for (BandPlace place = first; place.band < end; ++place.band) {
            const Band& band = bands[place.band];
            const float* const from = source.rows(band, weights.expand, *calls.expand);
            const std::int64_t channels = request_.pointwise.channels;
            float* const between = onednn::thread_scratch().between.reserve(
                static_cast<std::size_t>(band.rows.size() * width_ * channels));
            depthwise_->run(place, weights.depthwise, from, between, *calls.depthwise);
            mix_channels(between, src, place, weights.pointwise, dst, *calls.pointwise);
        }
    }

    /// The 1×1 convolution of a band, and on to the destination.
    void mix_channels(const float* between, const TensorView& src, const BandPlace& place,
                      const PackedWeights& weights, const MutableTensorView& dst,
                      TileCalls& calls) const {
        const Range& rows = depthwise_->bands()[place.band].rows;
        const std::int64_t outputs = request_.pointwise.out_channels();
        const std::int64_t size = rows.size() * width_ * outputs;
        const bool writes_directly = request_.depthwise.dst_order == MemoryOrder::channels_last;
        const std::int64_t height = request_.pointwise.spatial[0];
        // Not by the strides of the array: those of a dimension of size 1 say nothing.
        float* const to =
            writes_directly
                ? dst.floats() + (place.image * height + rows.begin) * width_ * outputs
                : onednn::thread_scratch().dst_tile.reserve(static_cast<std::size_t>(size));
        const int kernel = pixels_.index_of(rows.size() * width_);
        calls[kernel]({between, pixels_.weights_of(weights, kernel), pixels_.bias_of(weights), to});
        if (request_.residual) add_to(to, source_.plain_rows(src, place.image, rows), size);
        if (writes_directly) return;
        Tile tile{};
        tile.images = {place.image, place.image + 1};
        tile.channels = {0, outputs};
        tile.rows.out_begin = rows.begin;
        tile.rows.out_end = rows.end;
        tile.columns.out_end = width_;
        copy_.scatter(to, tile, outputs, dst);
    }

    SeparableRequest request_;
    BandCut cut_;
    BandSource source_;
    std::unique_ptr<const BandDepthwise> depthwise_;
    PixelKernels pixels_;
    TileCopy copy_;
    std::int64_t width_;     ///< of the destination
    std::size_t chunk_ = 1;  ///< bands
    TileCallsPool expand_calls_;
    TileCallsPool depthwise_calls_;
    TileCallsPool pointwise_calls_;
    std::size_t pointwise_offset_ = 0;
    std::size_t expand_offset_ = 0;
};

}  // namespace

std::unique_ptr<const Separable> make_fused(const SeparableRequest& request) {
    if (strips_are_better(request)) return make_strips(request);
    return std::make_unique<Fused>(request);
}

}  // namespace dwconv::strategy
