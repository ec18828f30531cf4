#include <algorithm>

#include "ceil_div.hpp"
#include "dwconv/errors.hpp"
#include "strategy/conv_tiles.hpp"
#include "strategy/even_tiles.hpp"
#include "strategy/fill.hpp"
#include "strategy/strategy.hpp"
#include "strategy/tile_runner.hpp"

namespace dwconv::strategy {

namespace {

/// By work_of(): some 10 µs, where handing a tile to another thread costs about one.
constexpr std::int64_t worth_a_tile = 384 * 1024;
/// More tiles than threads let the threads that are ahead help the others; more than these bring
/// nothing.
constexpr std::int64_t tiles_per_thread = 8;
/// oneDNN 3.2 counts some sizes in 32 bits.
constexpr std::int64_t largest_tile = std::int64_t{1} << 30;

Unsupported unsupported(const std::string& reason) {
    return Unsupported({"strategy", "one that can serve this problem", "'direct': " + reason});
}

/// Images of one row, which is cut along itself.
bool is_one_row(const Problem& problem) {
    return problem.is_depthwise() && problem.spatial[0] == 1 && problem.output_spatial()[0] == 1;
}

/// Whole images where there are enough of them, else bands of rows, or pieces of the one row: all
/// are dense channels-last memory inside the larger array.
TileSize tile_size(const Request& request) {
    const Problem& problem = request.problem;
    if (!problem.is_depthwise()) return direct_conv_tiles(request);
    const std::int64_t bytes = problem.nbytes();
    const std::int64_t work = work_of(bytes, problem.kernel[0] * problem.kernel[1]);
    const std::int64_t wanted =
        std::clamp<std::int64_t>(work / worth_a_tile, 1, request.threads * tiles_per_thread);
    const std::int64_t tiles =
        std::max(request.threads == 1 ? 1 : wanted, bytes / largest_tile + 1);
    const std::int64_t images = std::max<std::int64_t>(problem.batch, 1);
    const Dims output = problem.output_spatial();
    const std::size_t dimension = is_one_row(problem) ? 1 : 0;
    const std::int64_t length = output[dimension];
    TileSize size = {1, problem.channels, output[0]};
    if (images >= tiles) {
        // Where some rows are made of padding alone, even a whole image is no single tile.
        const bool one_piece = split_axis(Axis::of(problem, dimension), length).size() == 1;
        if (one_piece) size.images = ceil_div(images, tiles);
        return size;
    }
    const std::int64_t bytes_of_item = ceil_div(bytes, images * length);
    const std::int64_t wanted_length = ceil_div(length, ceil_div(tiles, images));
    // Some more than that, if they come out even.
    const std::int64_t most = std::clamp(wanted_length * 3 / 2, wanted_length,
                                         std::max(wanted_length, largest_tile / bytes_of_item));
    const std::int64_t even = even_size({length, images, bytes_of_item}, most, request.threads);
    (dimension == 0 ? size.rows : size.columns) = even;
    return size;
}

/// Hands channels-last memory to oneDNN as it lies.
class Direct final : public Strategy {
public:
    explicit Direct(const Request& request)
        : grid_(request.problem, tile_size(request)),
          activation_(request.problem.activation),
          run_tiles_(grid_, request.threads),
          src_row_(request.problem.spatial[1] * request.problem.channels),
          src_image_(request.problem.spatial[0] * src_row_),
          dst_row_(request.problem.output_spatial()[1] * request.problem.out_channels()),
          dst_image_(request.problem.output_spatial()[0] * dst_row_) {
        const AxisBlock& columns = grid_.columns()[0];
        if (!is_one_row(request.problem) &&
            (columns.outputs() != request.problem.output_spatial()[1] ||
             columns.inputs() != request.problem.spatial[1])) {
            throw unsupported("the padding of the width is as large as the kernel's extent");
        }
        if (!grid_.all_fast()) {
            throw unsupported("oneDNN has no fast kernel for it, only " + grid_.implementation());
        }
    }

    StrategyKind kind() const noexcept override { return StrategyKind::direct; }
    bool needs_its_orders() const noexcept override { return true; }
    std::string implementation() const override { return grid_.implementation(); }
    std::size_t packed_size() const noexcept override { return grid_.packed_size(); }

    PackedWeights pack(const TensorView& weights, const TensorView& bias,
                       float* packed) const override {
        return grid_.pack(weights, bias, packed);
    }

    void run(const TensorView& src, const PackedWeights& weights,
             const MutableTensorView& dst) const override {
        run_tiles_([&](const Tile& tile, TileCalls& calls) {
            const float* const from = src.floats() + tile.images.begin * src_image_ +
                                      tile.rows.in_begin * src_row_ +
                                      tile.columns.in_begin * src.shape[1];
            float* const to = dst.floats() + tile.images.begin * dst_image_ +
                              tile.rows.out_begin * dst_row_ +
                              tile.columns.out_begin * dst.shape[1];
            if (tile.kernel < 0) {
                const Dims box = {tile.images.size(), dst.shape[1], tile.rows.outputs(),
                                  tile.columns.outputs()};
                fill_with_bias({to, dst.dtype, box, dst.strides}, grid_.bias(weights, 0),
                               activation_);
                return;
            }
            convolve_tile(grid_, tile, weights, from, to, calls);
        });
    }

private:
    TileGrid grid_;
    Activation activation_;
    TileRunner run_tiles_;
    // Not by the strides of the arrays: those of a dimension of size 1 say nothing.
    std::int64_t src_row_;
    std::int64_t src_image_;
    std::int64_t dst_row_;
    std::int64_t dst_image_;
};

}  // namespace

std::unique_ptr<const Strategy> make_direct(const Request& request) {
    if (request.src_order != MemoryOrder::channels_last ||
        request.dst_order != MemoryOrder::channels_last) {
        throw unsupported("it needs channels-last memory of source and destination");
    }
    if (request.problem.spatial.size() != 2) {
        throw unsupported("oneDNN has no fast kernel for three dimensions");
    }
    if (!request.problem.is_depthwise()) {
        Request general = request;
        if (is_pointwise(request.problem)) general.problem = as_one_column(request.problem);
        return std::make_unique<Direct>(general);
    }
    if (request.problem.multiplier != 1) throw unsupported("it needs a depth multiplier of 1");
    return std::make_unique<Direct>(request);
}

}  // namespace dwconv::strategy
