#include "strategy/bands.hpp"

#include <algorithm>

namespace dwconv::strategy {

namespace {

/// Bytes of a band of all three, source, depthwise result and destination: they stay in the
/// second-level cache of any recent processor, beside the weights.
constexpr std::int64_t band_bytes = 384 * 1024;
constexpr std::int64_t item = static_cast<std::int64_t>(sizeof(float));
/// Weights of the 1×1 convolution beyond this many bytes come from a farther cache for each band,
/// fast enough for so many pixels.
constexpr std::int64_t large_weights = 128 * 1024;
constexpr std::int64_t pixels_for_large_weights = 96;
/// What a band costs beside its pixels, in pixels.
constexpr std::int64_t cost_of_band = 3;
constexpr std::int64_t cost_of_band_with_large_weights = 8;

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

struct Image {
    std::int64_t count;
    std::int64_t height;
    std::int64_t width;
    std::int64_t threads;
    std::int64_t most_rows;
    std::int64_t cost_of_band;

    explicit Image(const SeparableRequest& request)
        : count(std::max<std::int64_t>(request.depthwise.problem.batch, 1)),
          height(request.pointwise.spatial[0]),
          width(request.pointwise.spatial[1]),
          threads(request.depthwise.threads) {
        const Problem& depthwise = request.depthwise.problem;
        const Problem& pointwise = request.pointwise;
        const std::int64_t row =
            item * (depthwise.channels * depthwise.spatial[1] * depthwise.stride[0] +
                    (pointwise.channels + pointwise.out_channels()) * width);
        const bool large = item * element_count(pointwise.weights_shape()) > large_weights;
        const std::int64_t least = large ? ceil_div(pixels_for_large_weights, width) : 1;
        most_rows = std::clamp<std::int64_t>(std::max(band_bytes / row, least), 1, height);
        cost_of_band = large ? cost_of_band_with_large_weights : strategy::cost_of_band;
    }

    /// Pixels, and costs in pixels, of the thread that has the most bands of so many rows.
    std::int64_t pixels_of_a_thread(std::int64_t rows, std::int64_t cost) const {
        const std::int64_t bands = ceil_div(count * ceil_div(height, rows), threads);
        return bands * (rows * width + cost);
    }

    std::int64_t best_rows() const {
        std::int64_t best = most_rows;
        for (std::int64_t rows = most_rows - 1; rows >= 1; --rows) {
            if (pixels_of_a_thread(rows, cost_of_band) < pixels_of_a_thread(best, cost_of_band)) {
                best = rows;
            }
        }
        return best;
    }
};

}  // namespace

TileSize band_size(const SeparableRequest& request) {
    return {1, request.depthwise.problem.out_channels(), Image(request).best_rows()};
}

double idle_share(const SeparableRequest& request) {
    const Image image(request);
    const auto even = static_cast<double>(image.count * image.height * image.width) /
                      static_cast<double>(image.threads);
    const auto longest = static_cast<double>(image.pixels_of_a_thread(image.best_rows(), 0));
    return 1.0 - even / longest;
}

}  // namespace dwconv::strategy
