#include "strategy/conv_tiles.hpp"

#include <algorithm>

#include "ceil_div.hpp"
#include "strategy/even_tiles.hpp"

namespace dwconv::strategy {

namespace {

/// Operations worth a tile of their own: some 10 µs of work, where handing a tile to another thread
/// costs about one.
constexpr std::int64_t smallest_tile = 500 * 1000;
constexpr std::int64_t tiles_per_thread = 8;
/// Each tile reads all the weights. Those that do not stay in the second-level cache from tile to
/// tile come fast enough for so many pixels.
constexpr std::int64_t large_weights = 128 * 1024;
constexpr std::int64_t pixels_for_large_weights = 128;
/// Bytes of source and destination of a gathered tile, which stay in the second-level cache.
constexpr std::int64_t tile_bytes = 256 * 1024;
/// oneDNN 3.2 counts some sizes in 32 bits.
constexpr std::int64_t largest_tile = std::int64_t{1} << 30;

std::int64_t bytes(std::int64_t elements) {
    return elements * static_cast<std::int64_t>(sizeof(float));
}

/// As many tiles as keep the threads busy, but no more than the weights are worth reading for.
std::int64_t wanted_tiles(const Request& request) {
    const Problem& problem = request.problem;
    if (request.threads == 1) return 1;
    const Dims output = problem.output_spatial();
    const std::int64_t pixels = problem.batch * output[0] * output[1];
    const bool large = bytes(element_count(problem.weights_shape())) > large_weights;
    const std::int64_t threads = request.threads;
    const std::int64_t most =
        large ? std::clamp(pixels / pixels_for_large_weights, threads, threads * tiles_per_thread)
              : threads * tiles_per_thread;
    return std::clamp<std::int64_t>(problem.flops() / smallest_tile, 1, most);
}

}  // namespace

bool is_pointwise(const Problem& p) noexcept {
    return p.kernel == Dims{1, 1} && p.stride == Dims{1, 1} &&
           p.padding == Paddings{Padding{}, Padding{}};
}

Problem as_one_column(const Problem& problem) {
    Problem column = problem;
    column.batch = problem.batch == 0 ? 0 : 1;
    column.spatial = {
        std::max<std::int64_t>(problem.batch, 1) * problem.spatial[0] * problem.spatial[1], 1};
    return column;
}

Problem as_columns(const Problem& problem) {
    Problem columns = problem;
    columns.spatial = {problem.spatial[0] * problem.spatial[1], 1};
    return columns;
}

TileSize direct_conv_tiles(const Request& request) {
    const Problem& problem = request.problem;
    const std::int64_t tiles = std::max(wanted_tiles(request), problem.nbytes() / largest_tile + 1);
    const std::int64_t images = std::max<std::int64_t>(problem.batch, 1);
    const std::int64_t height = problem.output_spatial()[0];
    // Where some rows are made of padding alone, even a whole image is no single tile.
    const bool one_piece = split_axis(Axis::of(problem, 0), height).size() == 1;
    const std::int64_t channels = problem.out_channels();
    if (images >= tiles) return {one_piece ? ceil_div(images, tiles) : 1, channels, height};
    return {1, channels, ceil_div(height, ceil_div(tiles, images))};
}

TileSize gathered_conv_tiles(const Request& request) {
    const Problem& problem = request.problem;
    TileSize size = direct_conv_tiles(request);
    size.images = 1;
    const std::int64_t row = bytes(problem.channels * problem.spatial[1] * problem.stride[0] +
                                   problem.out_channels() * problem.output_spatial()[1]);
    const std::int64_t least = bytes(element_count(problem.weights_shape())) > large_weights
                                   ? ceil_div(pixels_for_large_weights, problem.output_spatial()[1])
                                   : 1;
    const Items rows = {problem.output_spatial()[0], std::max<std::int64_t>(problem.batch, 1), row};
    const std::int64_t most = std::min(size.rows, std::max(tile_bytes / row, least));
    size.rows = even_size(rows, most, request.threads);
    return size;
}

}  // namespace dwconv::strategy
