#include "simd/planar.hpp"

#include <algorithm>

#include "ceil_div.hpp"
#include "dwconv/errors.hpp"
#include "onednn/library.hpp"
#include "parallel.hpp"
#include "strategy/line.hpp"
#include "strategy/shared_order.hpp"
#include "strategy/strategy.hpp"
#include "strategy/tiles_wanted.hpp"

namespace dwconv::strategy {

namespace {

/// Of the source, in planes that several planes of the destination share.
constexpr std::int64_t floats_in_cache = 64 * 1024;

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
        parallel_for(tiles_, threads_, [&](TileQueue& queue) {
            thread_local simd::PlanarScratch scratch;
            while (const auto tile = queue.next()) {
                const simd::PlanarPart part = part_of(*tile);
                if (finite) {
                    convolution_.run(arrays, part, scratch);
                } else {
                    convolution_.run_exactly(arrays, part);
                }
            }
        });
    }

    Planar(const Request& request, simd::PlanarOrder order)
        : turned_(is_better_as_column(request.problem, order)),
          problem_(turned_ ? turned(request.problem) : request.problem),
          convolution_(problem_, order, onednn::simd_level()),
          threads_(request.threads),
          cuts_line_(rows_of(problem_) == 1 && convolution_.block_columns() != 0),
          length_(cuts_line_ ? convolution_.columns() : rows_of(problem_)) {
        const std::int64_t wanted = tiles_wanted(work_of(problem_), threads_);
        const std::int64_t planes = std::max<std::int64_t>(convolution_.planes(), 1);
        // Many planes to a tile, or many tiles to a plane.
        planes_ = ceil_div(planes, wanted);
        std::int64_t bands = std::min(ceil_div(wanted, planes), length_);
        const std::int64_t cached_bands = std::min(bands_in_cache(), length_);
        const bool cuts_for_cache = cached_bands > bands;
        if (cuts_for_cache) {
            bands = cached_bands;
            planes_ = ceil_div(planes, ceil_div(wanted, bands));
        }
        const std::int64_t block =
            cuts_line_ ? convolution_.block_columns() : convolution_.block_rows();
        // Not less than a block in a band, if all threads have one: its rows share what they read.
        const std::int64_t least = std::min(block, ceil_div(length_, threads_));
        const std::int64_t even = std::max(ceil_div(length_, bands), least);
        if (cuts_for_cache && even > block) {
            // Rounded up, it would not stay in the cache; and 8 rows are two blocks of 4.
            band_ = even / block * block;
        } else {
            band_ = cuts_line_ || even > 2 * block ? ceil_div(even, block) * block : even;
        }
        bands_ = ceil_div(length_, band_);
        tiles_ = ceil_div(convolution_.planes(), planes_) * bands_;
    }

    static std::int64_t rows_of(const Problem& problem) {
        const Dims output = problem.output_spatial();
        return output[output.size() - 2];
    }

    /// Bands of a volume's planes such that those of the source that make one of the destination
    /// are still in the cache when the next one is made, which shares most of them.
    std::int64_t bands_in_cache() const {
        if (problem_.spatial.size() != 3 || problem_.kernel[0] == 1) return 1;
        const std::int64_t taps = std::min(problem_.kernel[0], problem_.spatial[0]);
        const std::int64_t row = taps * convolution_.src_columns();
        return ceil_div(row * problem_.spatial[1], floats_in_cache);
    }

    simd::PlanarPart part_of(std::int64_t tile) const {
        const std::int64_t plane = tile / bands_ * planes_;
        const std::int64_t plane_end = std::min(plane + planes_, convolution_.planes());
        const std::int64_t begin = tile % bands_ * band_;
        const std::int64_t end = std::min(begin + band_, length_);
        if (cuts_line_) return {plane, plane_end, 0, 1, begin, end};
        return {plane, plane_end, begin, end};
    }

    bool turned_;
    Problem problem_;
    simd::PlanarConvolution convolution_;
    int threads_;
    bool cuts_line_;           ///< a plane has one row, and is cut along it
    std::int64_t length_;      ///< of a plane: rows, or floats of the one row
    std::int64_t planes_ = 1;  ///< of a tile
    std::int64_t band_ = 1;    ///< rows, or floats, of a tile
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
