#include <algorithm>
#include <vector>

#include "ceil_div.hpp"
#include "dwconv/errors.hpp"
#include "onednn/scratch.hpp"
#include "strategy/conv_tiles.hpp"
#include "strategy/even_tiles.hpp"
#include "strategy/fill.hpp"
#include "strategy/strategy.hpp"
#include "strategy/tile_copy.hpp"
#include "strategy/tile_runner.hpp"

namespace dwconv::strategy {

namespace {

/// Bytes of source and destination of a tile: both stay in the second-level cache of any recent
/// processor, beside the weights.
constexpr std::int64_t tile_bytes = 512 * 1024;
/// A tile below this costs more to hand out than it saves.
constexpr std::int64_t smallest_tile = 64 * 1024;
constexpr std::int64_t tiles_per_thread = 4;
/// By work_of().
constexpr std::int64_t worth_a_tile = 192 * 1024;
/// Channels that fill a vector register of the widest instruction set.
constexpr std::int64_t vector = 16;

/// Bytes of source and destination of `channels` channels of `rows` rows of the destination.
std::int64_t bytes_of(const Problem& problem, std::int64_t channels, std::int64_t rows) {
    const std::int64_t output_width = problem.output_spatial()[1];
    const std::int64_t extent = (problem.kernel[0] - 1) * problem.dilation[0] + 1;
    const std::int64_t inputs =
        std::min((rows - 1) * problem.stride[0] + extent, problem.spatial[0]) * problem.spatial[1];
    return channels * (inputs + rows * output_width) * std::int64_t{sizeof(float)};
}

/// As many whole planes as fit; where not even a vector of them does, bands of rows of that many.
/// Small images go several to a tile.
TileSize tile_size(const Request& request) {
    const Problem& problem = request.problem;
    if (!problem.is_depthwise()) return gathered_conv_tiles(request);
    const std::int64_t channels = problem.channels * problem.multiplier;
    const std::int64_t height = problem.output_spatial()[0];
    const std::int64_t image = bytes_of(problem, channels, height);
    const std::int64_t images = std::max<std::int64_t>(problem.batch, 1);
    const std::int64_t work = work_of(images * image, problem.kernel[0] * problem.kernel[1]);
    const std::int64_t wanted =
        request.threads == 1
            ? 1
            : std::clamp<std::int64_t>(work / worth_a_tile, 1, request.threads * tiles_per_thread);
    const std::int64_t budget = std::clamp(images * image / wanted, smallest_tile, tile_bytes);
    if (image <= budget) return {std::min(budget / image, images), channels, height};

    const std::int64_t bytes_of_vector = bytes_of(problem, std::min(vector, channels), height);
    if (bytes_of_vector <= budget) {
        const Items items = {ceil_div(channels, vector), images, bytes_of_vector};
        // A little more than wanted, if it comes out even.
        const std::int64_t vectors =
            even_size(items, budget / bytes_of_vector * 5 / 4, request.threads);
        return {1, std::min(vectors * vector, channels), height};
    }

    const std::int64_t lanes = std::min(vector, channels);
    std::int64_t rows = height;
    while (rows > 1 && bytes_of(problem, lanes, rows) > budget) rows = ceil_div(rows, 2);
    // Each band reads the rows of its neighbours that its kernel reaches; keep those a minor part.
    const std::int64_t reach = (problem.kernel[0] - 1) * problem.dilation[0];
    return {1, lanes, std::min(std::max(rows, ceil_div(reach, problem.stride[0])), height)};
}

/// Channels of a tile to try. oneDNN has no fast kernel for many small groups; for one it has.
std::vector<std::int64_t> channel_sizes(const Problem& problem, std::int64_t best) {
    if (problem.is_depthwise() || problem.groups == 1) return {best};
    return {best, problem.multiplier};
}

/// The grid with the first way of cutting that oneDNN has fast kernels for: the width in one piece
/// wherever it can be; else cut where padding begins, since kernels with dilation, and all those of
/// old processors, take only little of it.
std::unique_ptr<const TileGrid> fast_grid(const Request& request) {
    const Dims& dilation = request.problem.dilation;
    TileSize size = tile_size(request);
    // A single channel with dilation is no depthwise convolution to oneDNN; two are.
    size.lanes = dilation[0] > 1 || dilation[1] > 1 ? 2 : 1;
    std::string slow;
    for (const std::int64_t channels : channel_sizes(request.problem, size.channels)) {
        size.channels = channels;
        for (const std::int64_t padding : {any_padding, std::int64_t{3}, std::int64_t{0}}) {
            size.columns_padding = padding;
            auto grid = std::make_unique<const TileGrid>(request.problem, size);
            if (grid->all_fast()) return grid;
            slow = grid->implementation();
        }
    }
    throw Unsupported({"strategy", "one that can serve this problem",
                       "'tiled': oneDNN has no fast kernel for some tiles, only " + slow});
}

bool is_pointwise_on_planes(const Request& request) {
    return is_pointwise(request.problem) && request.src_order == MemoryOrder::channels_first &&
           request.dst_order == MemoryOrder::channels_first;
}

/// Dense planes as the columns of as_columns().
template <class View>
View columns_of(View view) {
    const std::int64_t pixels = view.shape[2] * view.shape[3];
    view.shape = {view.shape[0], view.shape[1], pixels, 1};
    view.strides = {view.strides[0], pixels, 1, 1};
    return view;
}

/// Gathers a tile into the cache, channels last; convolves it there with oneDNN; scatters it.
class Tiled final : public Strategy {
public:
    Tiled(const Request& request, bool on_columns)
        : grid_(fast_grid(request)),
          activation_(request.problem.activation),
          copy_(request.problem.is_depthwise() ? request.problem.multiplier : 1),
          on_columns_(on_columns),
          run_tiles_(*grid_, request.threads) {}

    StrategyKind kind() const noexcept override { return StrategyKind::tiled; }
    bool needs_its_orders() const noexcept override { return on_columns_; }
    std::string implementation() const override { return grid_->implementation(); }
    std::size_t packed_size() const noexcept override { return grid_->packed_size(); }

    PackedWeights pack(const TensorView& weights, const TensorView& bias,
                       float* packed) const override {
        return grid_->pack(weights, bias, packed);
    }

    void run(const TensorView& src, const PackedWeights& weights,
             const MutableTensorView& dst) const override {
        if (on_columns_) {
            run_tiles(columns_of(src), weights, columns_of(dst));
        } else {
            run_tiles(src, weights, dst);
        }
    }

private:
    void run_tiles(const TensorView& src, const PackedWeights& weights,
                   const MutableTensorView& dst) const {
        run_tiles_([&](const Tile& tile, TileCalls& calls) {
            const float* const bias = grid_->bias(weights, tile.channels.begin);
            if (tile.kernel < 0) {
                fill_with_bias(box_of(dst, tile), bias, activation_);
                return;
            }
            const auto& geometry =
                grid_->kernels()[static_cast<std::size_t>(tile.kernel)]->geometry();
            const std::int64_t lanes = geometry.channels;
            const std::int64_t dst_lanes = geometry.out_channels();
            onednn::Scratch& scratch = onednn::thread_scratch();
            float* const from = scratch.src_tile.reserve(copy_.gather_size(tile, lanes));
            float* const to = scratch.dst_tile.reserve(static_cast<std::size_t>(
                tile.images.size() * tile.rows.outputs() * tile.columns.outputs() * dst_lanes));
            copy_.gather(src, tile, lanes, from);
            convolve_tile(*grid_, tile, weights, from, to, calls);
            copy_.scatter(to, tile, dst_lanes, dst);
        });
    }

    static MutableTensorView box_of(const MutableTensorView& dst, const Tile& tile) {
        float* const first = dst.floats() + tile.images.begin * dst.strides[0] +
                             tile.channels.begin * dst.strides[1] +
                             tile.rows.out_begin * dst.strides[2] +
                             tile.columns.out_begin * dst.strides[3];
        return {
            first,
            dst.dtype,
            {tile.images.size(), tile.channels.size(), tile.rows.outputs(), tile.columns.outputs()},
            dst.strides};
    }

    std::unique_ptr<const TileGrid> grid_;
    Activation activation_;
    TileCopy copy_;
    bool on_columns_;
    TileRunner run_tiles_;
};

}  // namespace

std::unique_ptr<const Strategy> make_tiled(const Request& request) {
    if (request.problem.spatial.size() == 3) return make_tiled_volumes(request);
    if (!is_pointwise_on_planes(request)) return std::make_unique<Tiled>(request, false);
    Request columns = request;
    columns.problem = as_columns(request.problem);
    return std::make_unique<Tiled>(columns, true);
}

}  // namespace dwconv::strategy
