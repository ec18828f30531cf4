#include "strategy/bands.hpp"

#include <algorithm>

#include "ceil_div.hpp"

namespace dwconv::strategy {

namespace {

/// Bytes of a band of all, source, what lies between and destination: they stay in the second-level
/// cache of any recent processor, beside the weights.
constexpr std::int64_t band_bytes = 384 * 1024;
/// Rows that share what they read to the full; with them a band may be as large as a thread's share
/// of the last-level cache.
constexpr std::int64_t rows_that_share = 7;
constexpr std::int64_t large_band_bytes = 2 * 1024 * 1024;
constexpr std::int64_t item = static_cast<std::int64_t>(sizeof(float));
/// Weights of the 1×1 convolution beyond this many bytes come from a farther cache for each band,
/// fast enough for so many pixels.
constexpr std::int64_t large_weights = 128 * 1024;
constexpr std::int64_t pixels_for_large_weights = 96;
/// What a band costs beside its pixels, in pixels, and what its first and last row cost, which read
/// more than the others, in multiply-adds for each element of a row.
constexpr std::int64_t cost_of_band = 3;
constexpr std::int64_t cost_of_band_with_large_weights = 8;
constexpr std::int64_t cost_of_ends = 30;

struct Image {
    std::int64_t count;
    std::int64_t height;
    std::int64_t width;
    std::int64_t threads;
    /// Pixels of the destination that make as much work as those expanded rows of a chunk that the
    /// one before it makes too.
    std::int64_t repeated = 0;
    std::int64_t most_rows;
    std::int64_t cost_of_band;
    bool expands;

    explicit Image(const SeparableRequest& request)
        : count(std::max<std::int64_t>(request.depthwise.problem.batch, 1)),
          height(request.pointwise.spatial[0]),
          width(request.pointwise.spatial[1]),
          threads(request.depthwise.threads),
          expands(request.expand.has_value()) {
        const Problem& depthwise = request.depthwise.problem;
        const Problem& pointwise = request.pointwise;
        const std::int64_t stride = depthwise.stride[0];
        const std::int64_t src_row = item * request.src_shape()[1] * depthwise.spatial[1];
        const std::int64_t expanded_row =
            expands ? item * depthwise.channels * depthwise.spatial[1] : 0;
        const std::int64_t dst_row = item * pointwise.out_channels() * width;
        const std::int64_t halo = std::max<std::int64_t>(
            (depthwise.kernel[0] - 1) * depthwise.dilation[0] + 1 - stride, 0);
        const std::int64_t row =
            stride * (src_row + expanded_row) + item * pointwise.channels * width + dst_row;
        const std::int64_t room = band_bytes - halo * expanded_row;
        const bool large = item * element_count(pointwise.weights_shape()) > large_weights;
        const std::int64_t least =
            std::max(large ? ceil_div(pixels_for_large_weights, width) : 1,
                     std::min(rows_that_share, (large_band_bytes - halo * expanded_row) / row));
        most_rows = std::clamp<std::int64_t>(std::max(room / row, least), 1, height);
        const std::int64_t taps = depthwise.kernel[0] * depthwise.kernel[1];
        if (expands) {
            // Multiply-adds for each expanded channel.
            const std::int64_t inputs = request.src_shape()[1];
            const std::int64_t work = taps + pointwise.out_channels() +
                                      inputs * depthwise.stride[0] * depthwise.stride[1];
            repeated = halo * depthwise.spatial[1] * inputs / work;
        }
        cost_of_band = (large ? cost_of_band_with_large_weights : strategy::cost_of_band) +
                       cost_of_ends * width / (taps + pointwise.out_channels());
    }

    /// Pixels, and costs in pixels, of the thread that has the most.
    std::int64_t pixels_of_a_thread(const BandCut& cut, std::int64_t cost) const {
        const std::int64_t chunks = ceil_div(count * ceil_div(height, cut.chunk_rows), threads);
        const std::int64_t bands = ceil_div(cut.chunk_rows, cut.rows);
        return chunks * (cut.chunk_rows * width + bands * cost + repeated);
    }

    BandCut best() const {
        BandCut best{most_rows, expands ? ceil_div(height, most_rows) * most_rows : most_rows};
        const auto consider = [&](const BandCut& cut) {
            if (pixels_of_a_thread(cut, cost_of_band) < pixels_of_a_thread(best, cost_of_band)) {
                best = cut;
            }
        };
        for (std::int64_t rows = most_rows; rows >= 1; --rows) {
            if (!expands) consider({rows, rows});
            for (std::int64_t chunk = rows; expands && chunk < height + rows; chunk += rows) {
                consider({rows, chunk});
            }
        }
        return best;
    }
};

}  // namespace

BandCut band_cut(const SeparableRequest& request) { return Image(request).best(); }

double idle_share(const SeparableRequest& request) {
    const Image image(request);
    const auto even = static_cast<double>(image.count * image.height * image.width) /
                      static_cast<double>(image.threads);
    const auto longest = static_cast<double>(image.pixels_of_a_thread(image.best(), 0));
    return 1.0 - even / longest;
}

}  // namespace dwconv::strategy
