#include <algorithm>
#include <memory>
#include <vector>

#include "ceil_div.hpp"
#include "dense_copy.hpp"
#include "dwconv/errors.hpp"
#include "onednn/library.hpp"
#include "onednn/scratch.hpp"
#include "parallel.hpp"
#include "simd/planar.hpp"
#include "strategy/cache_line.hpp"
#include "strategy/fill.hpp"
#include "strategy/strategy.hpp"
#include "strategy/tile_copy.hpp"

namespace dwconv::strategy {

namespace {

using simd::PlanarConvolution;

/// Channels of a tile: a vector of the widest instruction set.
constexpr std::int64_t most_lanes = 16;
/// Bytes of source and destination of a tile.
constexpr std::int64_t tile_bytes = 1024 * 1024;

/// Images of a volume one behind the other, of the destination, and those of the source that they
/// are made of; none of the source where they are made of padding alone.
struct Slab {
    Range outputs;
    Range inputs;
    std::size_t convolution = 0;
};

/// One image of each volume.
template <class View>
View image_of(const View& volumes, std::int64_t depth) {
    View image = volumes;
    image.data = volumes.floats() + depth * volumes.strides[2];
    image.shape = {volumes.shape[0], volumes.shape[1], volumes.shape[3], volumes.shape[4]};
    image.strides = {volumes.strides[0], volumes.strides[1], volumes.strides[3],
                     volumes.strides[4]};
    return image;
}

/// A range of a dimension.
template <class View>
View slice_of(View view, const Range& range, std::size_t dim = 0) {
    view.data = view.floats() + range.begin * view.strides[dim];
    view.shape[dim] = range.size();
    return view;
}

AxisBlock whole(std::int64_t size) { return {0, size, 0, size, 0, 1, 0, 0}; }

/// Of one image and some channels all rows and columns, as {rows, columns, channels}.
Tile whole_image(const Dims& shape, const Range& image, const Range& channels) {
    return {image, channels, channels, whole(shape[2]), whole(shape[3]), -1, 0};
}

/// Source and destination of so many images one behind the other, for all channels of a tile.
std::int64_t bytes_of(const Problem& problem, std::int64_t lanes, std::int64_t outputs) {
    const Dims output = problem.output_spatial();
    const std::int64_t extent = (problem.kernel[0] - 1) * problem.dilation[0] + 1;
    const std::int64_t inputs =
        std::min((outputs - 1) * problem.stride[0] + extent, problem.spatial[0]);
    return std::int64_t{sizeof(float)} * lanes *
           (inputs * problem.spatial[1] * problem.spatial[2] +
            outputs * problem.multiplier * output[1] * output[2]);
}

void convolve(const PlanarConvolution& convolution, const simd::PlanarArrays& arrays, bool finite) {
    thread_local simd::PlanarScratch scratch;
    const simd::PlanarPart all = {0, convolution.planes(), 0, convolution.rows()};
    if (finite) {
        convolution.run(arrays, all, scratch);
    } else {
        convolution.run_exactly(arrays, all);
    }
}

/// Gathers some channels of some images of a volume, channels last; convolves them there with the
/// project's own kernels; scatters the result.
class TiledVolumes final : public Strategy {
public:
    explicit TiledVolumes(const Request& request)
        : problem_(request.problem),
          threads_(request.threads),
          lanes_(std::min(problem_.channels, most_lanes)),
          blocks_(ceil_div(problem_.channels, lanes_)) {
        const std::int64_t depth = problem_.output_spatial()[0];
        std::int64_t most = depth;
        while (most > 1 && bytes_of(problem_, lanes_, most) > tile_bytes) most = ceil_div(most, 2);
        for (std::int64_t begin = 0; begin < depth; begin += most) {
            add_slab({begin, std::min(begin + most, depth)});
        }
        packed_block_ = rounded_to_line(packed_size_of_block());
        bias_offset_ = packed_block_ * static_cast<std::size_t>(blocks_);
    }

    StrategyKind kind() const noexcept override { return StrategyKind::tiled; }
    bool needs_its_orders() const noexcept override { return false; }
    std::string implementation() const override {
        return convolutions_.empty() ? "none" : convolutions_[0]->name();
    }
    std::size_t packed_size() const noexcept override {
        return bias_offset_ + static_cast<std::size_t>(problem_.out_channels());
    }

    PackedWeights pack(const TensorView& weights, const TensorView& bias,
                       float* packed) const override;

    void run(const TensorView& src, const PackedWeights& weights,
             const MutableTensorView& dst) const override {
        const auto slabs = static_cast<std::int64_t>(slabs_.size());
        parallel_for(problem_.batch * blocks_ * slabs, threads_, [&](TileQueue& queue) {
            while (const auto tile = queue.next()) {
                const std::int64_t block = *tile / slabs % blocks_;
                const std::int64_t image = *tile / slabs / blocks_;
                run_slab(slabs_[static_cast<std::size_t>(*tile % slabs)], image, block, src,
                         weights, dst);
            }
        });
    }

private:
    void add_slab(const Range& outputs);
    /// Slices of the source under the taps of these, padding included.
    Range reach_of(const Range& outputs) const;
    Problem problem_of(const Range& outputs, const Range& inputs) const;
    void run_slab(const Slab& slab, std::int64_t image, std::int64_t block, const TensorView& src,
                  const PackedWeights& weights, const MutableTensorView& dst) const;

    std::size_t packed_size_of_block() const {
        return convolutions_.empty() ? 0 : convolutions_[0]->packed_size();
    }
    const float* weights_of(const PackedWeights& packed, std::int64_t block) const {
        return packed.data + static_cast<std::size_t>(block) * packed_block_;
    }
    Range channels_of(std::int64_t block) const {
        return {block * lanes_, std::min((block + 1) * lanes_, problem_.channels)};
    }

    Problem problem_;
    int threads_;
    std::int64_t lanes_;   ///< source channels of a tile; those beyond the last one are zero
    std::int64_t blocks_;  ///< of channels
    std::vector<Slab> slabs_;
    /// One for each different shape of a slab. Their weights are packed alike.
    std::vector<std::unique_ptr<const PlanarConvolution>> convolutions_;
    std::vector<Problem> problems_;
    TileCopy copy_{1};
    std::size_t packed_block_ = 0;
    std::size_t bias_offset_ = 0;
};

Range TiledVolumes::reach_of(const Range& outputs) const {
    const std::int64_t top = -problem_.padding[0].low;
    return {outputs.begin * problem_.stride[0] + top,
            (outputs.end - 1) * problem_.stride[0] + top +
                (problem_.kernel[0] - 1) * problem_.dilation[0] + 1};
}

Problem TiledVolumes::problem_of(const Range& outputs, const Range& inputs) const {
    Problem slab = problem_;
    slab.batch = 1;
    slab.channels = lanes_;
    slab.spatial[0] = inputs.size();
    const Range reached = reach_of(outputs);
    slab.padding[0] = {inputs.begin - reached.begin, reached.end - inputs.end};
    // Bias and activation as the problem has them.
    return slab;
}

void TiledVolumes::add_slab(const Range& outputs) {
    const Range reached = reach_of(outputs);
    const Range inputs = {std::max<std::int64_t>(reached.begin, 0),
                          std::min(reached.end, problem_.spatial[0])};
    if (inputs.begin >= inputs.end) {
        slabs_.push_back({outputs, {0, 0}});
        return;
    }
    const Problem problem = problem_of(outputs, inputs);
    const auto found = std::find(problems_.begin(), problems_.end(), problem);
    slabs_.push_back({outputs, inputs, static_cast<std::size_t>(found - problems_.begin())});
    if (found != problems_.end()) return;
    problems_.push_back(problem);
    convolutions_.push_back(std::make_unique<const PlanarConvolution>(
        problem, simd::PlanarOrder::channels_last, onednn::simd_level()));
}

PackedWeights TiledVolumes::pack(const TensorView& weights, const TensorView& bias,
                                 float* packed) const {
    bool finite = true;
    for (std::int64_t block = 0; block < blocks_ && !convolutions_.empty(); ++block) {
        const Range channels = channels_of(block);
        const TensorView own = slice_of(weights, channels);
        // With zeros for the lanes without a channel.
        Dims shape = weights.shape;
        shape[0] = lanes_;
        std::vector<float> plain(static_cast<std::size_t>(element_count(shape)), 0.0f);
        copy_in_c_order(own, plain.data());
        std::vector<float> plain_bias(static_cast<std::size_t>(lanes_ * problem_.multiplier), 0.0f);
        if (problem_.bias) {
            const Range own_outputs = {channels.begin * problem_.multiplier,
                                       channels.end * problem_.multiplier};
            copy_in_c_order(slice_of(bias, own_outputs), plain_bias.data());
        }
        float* const to = packed + static_cast<std::size_t>(block) * packed_block_;
        const Dims outputs = {lanes_ * problem_.multiplier};
        finite &= convolutions_[0]->pack({plain.data(), shape}, {plain_bias.data(), outputs}, to);
    }
    if (problem_.bias) copy_in_c_order(bias, packed + bias_offset_);
    return {packed, finite};
}

void TiledVolumes::run_slab(const Slab& slab, std::int64_t image, std::int64_t block,
                            const TensorView& src, const PackedWeights& weights,
                            const MutableTensorView& dst) const {
    const Range images = {image, image + 1};
    const Range sources = channels_of(block);
    const Range channels = {sources.begin * problem_.multiplier, sources.end * problem_.multiplier};
    const Tile to_tile = whole_image(image_of(dst, 0).shape, images, channels);
    if (slab.inputs.size() == 0) {
        const float* const bias =
            problem_.bias ? weights.data + bias_offset_ + channels.begin : nullptr;
        for (std::int64_t depth = slab.outputs.begin; depth < slab.outputs.end; ++depth) {
            fill_with_bias(slice_of(slice_of(image_of(dst, depth), images), channels, 1), bias,
                           problem_.activation);
        }
        return;
    }
    const Tile from_tile = whole_image(image_of(src, 0).shape, images, sources);
    const std::int64_t dst_lanes = lanes_ * problem_.multiplier;
    const auto src_size = static_cast<std::int64_t>(copy_.gather_size(from_tile, lanes_));
    const std::int64_t dst_size = to_tile.rows.outputs() * to_tile.columns.outputs() * dst_lanes;
    onednn::Scratch& scratch = onednn::thread_scratch();
    float* const from =
        scratch.src_tile.reserve(static_cast<std::size_t>(slab.inputs.size() * src_size));
    float* const to =
        scratch.dst_tile.reserve(static_cast<std::size_t>(slab.outputs.size() * dst_size));
    for (std::int64_t i = 0; i < slab.inputs.size(); ++i) {
        copy_.gather(image_of(src, slab.inputs.begin + i), from_tile, lanes_, from + i * src_size);
    }
    convolve(*convolutions_[slab.convolution], {from, to, weights_of(weights, block)},
             weights.finite);
    for (std::int64_t i = 0; i < slab.outputs.size(); ++i) {
        copy_.scatter(to + i * dst_size, to_tile, dst_lanes, image_of(dst, slab.outputs.begin + i));
    }
}

}  // namespace

std::unique_ptr<const Strategy> make_tiled_volumes(const Request& request) {
    if (!request.problem.is_depthwise()) {
        throw Unsupported({"strategy", "one that can serve this problem",
                           "'tiled': three dimensions are for depthwise convolution alone"});
    }
    return std::make_unique<TiledVolumes>(request);
}

}  // namespace dwconv::strategy
