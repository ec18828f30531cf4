#include "simd/planar.hpp"

#include <algorithm>

#include "dwconv/errors.hpp"
#include "onednn/library.hpp"
#include "onednn/scratch.hpp"
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
          order_(order_of(request)),
          convolution_(problem_, order_, onednn::simd_level()),
          threads_(request.threads) {
        const std::int64_t wanted =
            std::clamp<std::int64_t>(work_of(problem_) / smallest_tile, 1,
                                     threads_ == 1 ? 1 : std::int64_t{threads_} * tiles_per_thread);
        const std::int64_t planes = std::max<std::int64_t>(plane_count(), 1);
        const std::int64_t rows = problem_.output_spatial()[0];
        // Many planes to a tile, or many tiles to a plane.
        planes_ = std::max<std::int64_t>(planes / wanted, 1);
        const std::int64_t bands = std::min(ceil_div(wanted, planes), rows);
        const std::int64_t block = convolution_.block_rows();
        const std::int64_t even = ceil_div(rows, bands);
        rows_ = even > 2 * block ? ceil_div(even, block) * block : even;
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
        const std::int64_t bands = ceil_div(problem_.output_spatial()[0], rows_);
        const std::int64_t tiles = ceil_div(plane_count(), planes_) * bands;
        parallel_for(tiles, threads_, [&](TileQueue& queue) {
            thread_local simd::PlanarScratch scratch;
            scratch.gathered =
                onednn::thread_scratch().src_tile.reserve(convolution_.scratch_size());
            if (scratch.pointers.size() < convolution_.pointer_count()) {
                scratch.pointers.resize(convolution_.pointer_count());
            }
            while (const auto tile = queue.next()) {
                run_tile(*tile / bands, *tile % bands, src, weights, dst, scratch);
            }
        });
    }

private:
    bool by_plane() const { return order_ == simd::PlanarOrder::planes; }
    std::int64_t channels() const { return problem_.channels * problem_.multiplier; }
    /// Planes of the destination, or images.
    std::int64_t plane_count() const { return problem_.batch * (by_plane() ? channels() : 1); }

    void run_tile(std::int64_t group, std::int64_t band, const TensorView& src,
                  const PackedWeights& weights, const MutableTensorView& dst,
                  simd::PlanarScratch& scratch) const {
        const Dims output = problem_.output_spatial();
        const std::int64_t src_size =
            problem_.spatial[0] * problem_.spatial[1] * (by_plane() ? 1 : problem_.channels);
        const std::int64_t dst_row = output[1] * (by_plane() ? 1 : channels());
        const std::int64_t dst_size = output[0] * dst_row;
        const std::int64_t end = std::min((group + 1) * planes_, plane_count());
        const std::int64_t row_begin = band * rows_;
        const std::int64_t row_end = std::min(row_begin + rows_, output[0]);
        for (std::int64_t plane = group * planes_; plane < end; ++plane) {
            // Whole planes follow one another; of a band, the next plane's is somebody else's.
            const std::int64_t dst_end =
                rows_ >= output[0] ? (end - plane) * dst_size : row_end * dst_row;
            const simd::PlanarPart part = {
                src.floats() + (by_plane() ? plane / problem_.multiplier : plane) * src_size,
                dst.floats() + plane * dst_size,
                weights.data,
                by_plane() ? plane % channels() : 0,
                row_begin,
                row_end,
                dst_end};
            if (weights.finite) {
                convolution_.run(part, scratch);
            } else {
                convolution_.run_exactly(part);
            }
        }
    }

    Problem problem_;
    simd::PlanarOrder order_;
    simd::PlanarConvolution convolution_;
    int threads_;
    std::int64_t planes_ = 1;
    std::int64_t rows_ = 1;
};

}  // namespace

std::unique_ptr<const Strategy> make_planar(const Request& request) {
    return std::make_unique<Planar>(request);
}

}  // namespace dwconv::strategy
