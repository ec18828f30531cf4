#include "simd/planar.hpp"

#include <algorithm>

#include "dwconv/errors.hpp"
#include "onednn/library.hpp"
#include "parallel.hpp"
#include "strategy/strategy.hpp"

namespace dwconv::strategy {

namespace {

/// Multiply-adds, and elements of source and destination at 4 each, that are worth a tile of their
/// own: some 10 µs of work, where handing a tile to another thread costs about one.
constexpr std::int64_t smallest_tile = 200 * 1000;
constexpr std::int64_t tiles_per_thread = 4;

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

Unsupported unsupported(const std::string& reason) {
    return Unsupported({"strategy", "one that can serve this problem", "'planar': " + reason});
}

std::int64_t work_of(const Problem& problem) {
    const std::int64_t outputs = element_count(problem.dst_shape());
    return outputs * problem.kernel[0] * problem.kernel[1] +
           4 * (outputs + element_count(problem.src_shape()));
}

/// As many for each thread, if there are that many.
std::int64_t tiles_wanted(std::int64_t work, std::int64_t threads) {
    if (threads == 1) return 1;
    const std::int64_t tiles =
        std::clamp<std::int64_t>(work / smallest_tile, 1, threads * tiles_per_thread);
    return tiles <= threads ? tiles : ceil_div(tiles, threads) * threads;
}

/// The order that serves both arrays. Where a dimension has one element, both orders describe the
/// same memory, and the view names but one of them.
simd::PlanarOrder order_of(const Request& request) {
    const Problem& problem = request.problem;
    // An empty array has no order.
    if (problem.batch == 0) return simd::PlanarOrder::planes;
    const Dims output = problem.output_spatial();
    const bool any_src =
        problem.channels == 1 || (problem.spatial[0] == 1 && problem.spatial[1] == 1);
    const bool any_dst =
        problem.channels * problem.multiplier == 1 || (output[0] == 1 && output[1] == 1);
    const auto is = [](MemoryOrder given, MemoryOrder wanted, bool any) {
        return given == wanted || (any && given != MemoryOrder::strided);
    };
    for (const auto order : {MemoryOrder::channels_first, MemoryOrder::channels_last}) {
        if (!is(request.src_order, order, any_src) || !is(request.dst_order, order, any_dst)) {
            continue;
        }
        return order == MemoryOrder::channels_first ? simd::PlanarOrder::planes
                                                    : simd::PlanarOrder::channels_last;
    }
    throw unsupported("it needs dense memory, source and destination in the same order");
}

/// The project's own kernels on dense memory: NCHW plane by plane, channels-last image by image.
class Planar final : public Strategy {
public:
    explicit Planar(const Request& request)
        : problem_(request.problem),
          convolution_(problem_, order_of(request), onednn::simd_level()),
          threads_(request.threads),
          height_(problem_.output_spatial()[0]) {
        const std::int64_t wanted = tiles_wanted(work_of(problem_), threads_);
        const std::int64_t planes = std::max<std::int64_t>(convolution_.planes(), 1);
        const std::int64_t rows = height_;
        // Many planes to a tile, or many tiles to a plane.
        planes_ = ceil_div(planes, wanted);
        const std::int64_t bands = std::min(ceil_div(wanted, planes), rows);
        const std::int64_t block = convolution_.block_rows();
        // Not less than a block in a band, if all threads have one: its rows share what they read.
        const std::int64_t least = std::min(block, ceil_div(rows, threads_));
        const std::int64_t even = std::max(ceil_div(rows, bands), least);
        rows_ = even > 2 * block ? ceil_div(even, block) * block : even;
        bands_ = ceil_div(height_, rows_);
        tiles_ = ceil_div(convolution_.planes(), planes_) * bands_;
    }

    StrategyKind kind() const noexcept override { return StrategyKind::planar; }
    std::string implementation() const override { return convolution_.name(); }
    std::size_t packed_size() const noexcept override { return convolution_.packed_size(); }

    PackedWeights pack(const TensorView& weights, const TensorView& bias,
                       float* packed) const override {
        return {packed, convolution_.pack(weights, bias, packed)};
    }

    void run(const TensorView& src, const PackedWeights& weights,
             const MutableTensorView& dst) const override {
        const simd::PlanarArrays arrays = {src.floats(), dst.floats(), weights.data};
        parallel_for(tiles_, threads_, [&](TileQueue& queue) {
            thread_local simd::PlanarScratch scratch;
            while (const auto tile = queue.next()) {
                const std::int64_t plane = *tile / bands_ * planes_;
                const std::int64_t row = *tile % bands_ * rows_;
                const simd::PlanarPart part = {plane,
                                               std::min(plane + planes_, convolution_.planes()),
                                               row, std::min(row + rows_, height_)};
                if (weights.finite) {
                    convolution_.run(arrays, part, scratch);
                } else {
                    convolution_.run_exactly(arrays, part);
                }
            }
        });
    }

private:
    Problem problem_;
    simd::PlanarConvolution convolution_;
    int threads_;
    std::int64_t height_;
    std::int64_t planes_ = 1;  ///< of a tile
    std::int64_t rows_ = 1;    ///< likewise
    std::int64_t bands_ = 1;   ///< of a plane
    std::int64_t tiles_ = 1;
};

}  // namespace

std::unique_ptr<const Strategy> make_planar(const Request& request) {
    if (!request.problem.is_depthwise()) {
        throw unsupported("it has kernels for depthwise convolution alone");
    }
    return std::make_unique<Planar>(request);
}

}  // namespace dwconv::strategy
