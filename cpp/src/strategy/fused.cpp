#include "dwconv/errors.hpp"
#include "onednn/scratch.hpp"
#include "strategy/bands.hpp"
#include "strategy/fill.hpp"
#include "strategy/pixel_kernels.hpp"
#include "strategy/separable.hpp"
#include "strategy/tile_copy.hpp"
#include "strategy/tile_runner.hpp"

namespace dwconv::strategy {

namespace {

Unsupported unsupported(const std::string& reason) {
    return Unsupported({"strategy", "one that can serve this problem", "'fused': " + reason});
}

/// The depthwise result of a band of rows stays in the cache, and goes straight into the 1×1
/// convolution. Arrays in other orders than channels-last are gathered and scattered on the way.
class Fused final : public Separable {
public:
    explicit Fused(const SeparableRequest& request)
        : request_(request),
          grid_(request.depthwise.problem, band_size(request)),
          pixels_(request.pointwise),
          copy_(request.depthwise.problem.multiplier),
          src_row_(request.depthwise.problem.spatial[1] * request.depthwise.problem.channels),
          dst_row_(request.pointwise.spatial[1] * request.pointwise.out_channels()) {
        const bool whole_rows = grid_.columns().size() == 1 &&
                                grid_.columns()[0].inputs() == request.depthwise.problem.spatial[1];
        reads_directly_ = whole_rows && request.depthwise.problem.multiplier == 1 &&
                          request.depthwise.src_order == MemoryOrder::channels_last;
        writes_directly_ = grid_.columns().size() == 1 &&
                           request.depthwise.dst_order == MemoryOrder::channels_last;
        for (const AxisBlock& rows : grid_.rows()) {
            for (const AxisBlock& columns : grid_.columns()) {
                pixels_.add(rows.outputs() * columns.outputs());
            }
        }
        if (!grid_.all_fast() || !pixels_.all_fast()) {
            throw unsupported("oneDNN has no fast kernel for it, only " + implementation());
        }
        pointwise_offset_ = rounded_to_line(grid_.packed_size());
    }

    StrategyKind kind() const noexcept override { return StrategyKind::fused; }
    std::string implementation() const override {
        return grid_.implementation() + ", " + onednn::names_of(pixels_.kernels());
    }
    std::size_t packed_size() const noexcept override {
        return pointwise_offset_ + pixels_.packed_size();
    }

    PackedSeparable pack(const SeparableViews& weights, float* packed) const override {
        return {grid_.pack(weights.depthwise, weights.depthwise_bias, packed),
                pixels_.pack(weights.pointwise, weights.bias, packed + pointwise_offset_)};
    }

    void run(const TensorView& src, const PackedSeparable& weights,
             const MutableTensorView& dst) const override {
        parallel_for(grid_.size(), request_.depthwise.threads, [&](TileQueue& queue) {
            const onednn::SingleThreaded one_thread;
            auto depthwise = depthwise_calls_.take(grid_.kernels());
            auto pointwise = pointwise_calls_.take(pixels_.kernels());
            while (const auto index = queue.next()) {
                const Tile tile = grid_.tile(*index);
                const float* const band = depthwise_band(src, tile, weights.depthwise, *depthwise);
                mix_channels(band, tile, weights.pointwise, dst, *pointwise);
            }
            depthwise_calls_.give(std::move(depthwise));
            pointwise_calls_.give(std::move(pointwise));
        });
    }

private:
    static std::int64_t pixels_of(const Tile& tile) {
        return tile.rows.outputs() * tile.columns.outputs();
    }

    /// The depthwise result of a tile, in channels-last scratch memory.
    const float* depthwise_band(const TensorView& src, const Tile& tile,
                                const PackedWeights& weights, TileCalls& calls) const {
        const Problem& problem = request_.depthwise.problem;
        onednn::Scratch& scratch = onednn::thread_scratch();
        if (tile.kernel < 0) {
            const std::int64_t channels = problem.out_channels();
            float* const band =
                scratch.between.reserve(static_cast<std::size_t>(pixels_of(tile) * channels));
            const Dims box = {1, channels, tile.rows.outputs(), tile.columns.outputs()};
            fill_with_bias(
                {band, DataType::float32, box, {0, 1, tile.columns.outputs() * channels, channels}},
                grid_.bias(weights, 0), problem.activation);
            return band;
        }
        const std::int64_t lanes =
            grid_.kernels()[static_cast<std::size_t>(tile.kernel)]->geometry().channels;
        float* const band =
            scratch.between.reserve(static_cast<std::size_t>(pixels_of(tile) * lanes));
        const float* from = src.floats() + tile.images.begin * problem.spatial[0] * src_row_ +
                            tile.rows.in_begin * src_row_;
        if (!reads_directly_) {
            float* const gathered = scratch.src_tile.reserve(copy_.gather_size(tile, lanes));
            copy_.gather(src, tile, lanes, gathered);
            from = gathered;
        }
        convolve_tile(grid_, tile, weights, from, band, calls);
        return band;
    }

    /// The 1×1 convolution of a band, and on to the destination.
    void mix_channels(const float* band, const Tile& tile, const PackedWeights& weights,
                      const MutableTensorView& dst, TileCalls& calls) const {
        const std::int64_t outputs = request_.pointwise.out_channels();
        float* to = dst.floats() + tile.images.begin * request_.pointwise.spatial[0] * dst_row_ +
                    tile.rows.out_begin * dst_row_;
        if (!writes_directly_) {
            to = onednn::thread_scratch().dst_tile.reserve(
                static_cast<std::size_t>(pixels_of(tile) * outputs));
        }
        const int kernel = pixels_.index_of(pixels_of(tile));
        calls[kernel]({band, pixels_.weights_of(weights, kernel), pixels_.bias_of(weights), to});
        if (writes_directly_) return;
        Tile written = tile;
        written.channels = {0, outputs};
        copy_.scatter(to, written, outputs, dst);
    }

    SeparableRequest request_;
    TileGrid grid_;
    PixelKernels pixels_;
    TileCopy copy_;
    TileCallsPool depthwise_calls_;
    TileCallsPool pointwise_calls_;
    // Not by the strides of the arrays: those of a dimension of size 1 say nothing.
    std::int64_t src_row_;
    std::int64_t dst_row_;
    bool reads_directly_ = false;
    bool writes_directly_ = false;
    std::size_t pointwise_offset_ = 0;
};

}  // namespace

std::unique_ptr<const Separable> make_fused(const SeparableRequest& request) {
    return std::make_unique<Fused>(request);
}

}  // namespace dwconv::strategy
