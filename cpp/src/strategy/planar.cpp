#include "simd/planar.hpp"

#include <optional>
#include <utility>

#include "dwconv/errors.hpp"
#include "onednn/library.hpp"
#include "parallel.hpp"
#include "simd/planar_streamed.hpp"
#include "strategy/line.hpp"
#include "strategy/planar_tiles.hpp"
#include "strategy/shared_order.hpp"
#include "strategy/strategy.hpp"

namespace dwconv::strategy {

namespace {

Unsupported unsupported(const std::string& reason) {
    return Unsupported({"strategy", "one that can serve this problem", "'planar': " + reason});
}

simd::PlanarOrder order_of(const Request& request) {
    if (const auto order = shared_order(request)) return *order;
    throw unsupported("it needs dense memory, source and destination in the same order");
}

/// Channels-last memory of one row is also that of one column. Its rows then are the channels, each
/// of which several outputs share, where along the row each output reads all of its own; but where
/// several columns fit into a vector, they fill it better along the row.
bool is_better_as_column(const Problem& problem, simd::PlanarOrder order) {
    constexpr std::int64_t shortest_vector = 4;
    const std::int64_t channels = problem.out_channels();
    const bool fills_vectors = channels < shortest_vector && shortest_vector % channels == 0;
    return order == simd::PlanarOrder::channels_last && !fills_vectors && is_line(problem);
}

/// The same with height and width exchanged.
Problem turned(const Problem& problem) {
    Problem column = problem;
    for (Dims* const dims : {&column.spatial, &column.kernel, &column.stride, &column.dilation}) {
        std::swap((*dims)[0], (*dims)[1]);
    }
    std::swap(column.padding[0], column.padding[1]);
    return column;
}

TensorView turned(const TensorView& weights) {
    TensorView column = weights;
    std::swap(column.shape[2], column.shape[3]);
    std::swap(column.strides[2], column.strides[3]);
    return column;
}

/// The project's own kernels on dense memory: NCHW plane by plane, channels-last image by image;
/// in three dimensions too, where planes or images of a volume follow one another.
class Planar final : public Strategy {
public:
    explicit Planar(const Request& request) : Planar(request, order_of(request)) {}

    StrategyKind kind() const noexcept override { return StrategyKind::planar; }
    bool needs_its_orders() const noexcept override { return true; }
    std::string implementation() const override { return convolution_.name(); }
    std::size_t packed_size() const noexcept override { return convolution_.packed_size(); }

    PackedWeights pack(const TensorView& weights, const TensorView& bias,
                       float* packed) const override {
        return {packed, convolution_.pack(turned_ ? turned(weights) : weights, bias, packed)};
    }

    void run(const TensorView& src, const PackedWeights& weights,
             const MutableTensorView& dst) const override {
        run_all({src.floats(), dst.floats(), weights.data}, weights.finite);
    }
    void run_adding(const TensorView& src, const PackedWeights& weights, const TensorView& add,
                    const MutableTensorView& dst) const override {
        run_all({src.floats(), dst.floats(), weights.data, add.floats()}, weights.finite);
    }

private:
    void run_all(const simd::PlanarArrays& arrays, bool finite) const {
        parallel_for(tiles_.size(), threads_, [&](TileQueue& queue) {
            thread_local simd::PlanarStreamed::Scratch scratch;
            while (const auto tile = queue.next()) {
                const simd::PlanarPart part = tiles_.part(*tile);
                if (!finite) {
                    convolution_.run_exactly(arrays, part);
                } else if (streamed_) {
                    streamed_->run(convolution_, arrays, part, scratch);
                } else {
                    convolution_.run(arrays, part, scratch.planar);
                }
            }
        });
    }

    Planar(const Request& request, simd::PlanarOrder order)
        : turned_(is_better_as_column(request.problem, order)),
          problem_(turned_ ? turned(request.problem) : request.problem),
          convolution_(problem_, order, onednn::simd_level()),
          threads_(request.threads),
          tiles_(problem_, convolution_, threads_) {
        if (simd::PlanarStreamed::serves(problem_, order, convolution_)) {
            streamed_.emplace(convolution_, onednn::simd_level());
        }
    }

    bool turned_;
    Problem problem_;
    simd::PlanarConvolution convolution_;
    int threads_;
    PlanarTiles tiles_;
    std::optional<simd::PlanarStreamed> streamed_;
};

}  // namespace

std::unique_ptr<const Strategy> make_planar(const Request& request) {
    if (!request.problem.is_depthwise()) {
        throw unsupported("it has kernels for depthwise convolution alone");
    }
    return std::make_unique<Planar>(request);
}

}  // namespace dwconv::strategy
