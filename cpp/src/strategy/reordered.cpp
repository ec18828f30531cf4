#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "ceil_div.hpp"
#include "dense_copy.hpp"
#include "dense_strides.hpp"
#include "dwconv/errors.hpp"
#include "finite.hpp"
#include "onednn/conv_kernel.hpp"
#include "onednn/reorder.hpp"
#include "onednn/scratch.hpp"
#include "onednn/thread_limit.hpp"
#include "parallel.hpp"
#include "strategy/cache_line.hpp"
#include "strategy/exact.hpp"
#include "strategy/strategy.hpp"
#include "strategy/tile_copy.hpp"

namespace dwconv::strategy {

namespace {

using onednn::ConvKernel;
using onednn::Reorder;

/// A box of the images and source channels of a problem, the share of one thread, and what runs it.
struct Part {
    Range images;
    Range channels;
    std::shared_ptr<const ConvKernel> kernel;
    /// Where its weights are in the packed ones.
    std::size_t weights = 0;
    /// For arrays in the memory order that was asked for; any other order makes its own when it
    /// comes.
    std::optional<Reorder> enter;
    std::optional<Reorder> leave;
};

/// The problem of one part.
Problem problem_of(const Problem& problem, const Part& part) {
    Problem own = problem;
    own.batch = part.images.size();
    own.channels = part.channels.size();
    return own;
}

onednn::KernelGeometry geometry_of(const Problem& p, onednn::Layouts layouts) {
    const Dims output = p.output_spatial();
    onednn::KernelGeometry geometry;
    geometry.batch = p.batch;
    geometry.channels = p.channels;
    geometry.group_channels = p.group_channels();
    geometry.multiplier = p.multiplier;
    geometry.input = {p.spatial[0], p.spatial[1]};
    geometry.output = {output[0], output[1]};
    geometry.kernel = {p.kernel[0], p.kernel[1]};
    geometry.stride = {p.stride[0], p.stride[1]};
    geometry.dilation = {p.dilation[0], p.dilation[1]};
    geometry.pad_low = {p.padding[0].low, p.padding[1].low};
    geometry.pad_high = {p.padding[0].high, p.padding[1].high};
    geometry.bias = p.bias;
    geometry.activation = p.activation;
    geometry.layouts = layouts;
    return geometry;
}

template <class View>
View box_of(View view, const Range& images, const Range& channels) {
    const std::int64_t offset = images.begin * view.strides[0] + channels.begin * view.strides[1];
    view.data = view.floats() + offset;
    view.shape[0] = images.size();
    view.shape[1] = channels.size();
    return view;
}

/// A dense channels-last array as a tile without padding.
Tile whole_tile(const Dims& shape) {
    const auto block = [](std::int64_t size) { return AxisBlock{0, size, 0, size, 0, 1, 0, 0}; };
    return {{0, shape[0]}, {0, shape[1]}, {0, shape[1]}, block(shape[2]), block(shape[3]), -1, 0};
}

dnnl::memory::desc channels_last(const Dims& shape) {
    return {{shape[0], shape[1], shape[2], shape[3]},
            dnnl::memory::data_type::f32,
            dnnl::memory::format_tag::nhwc};
}

/// Makes the reorder unless the two are the same, and nothing is to be moved.
void prepare(std::optional<Reorder>& reorder, const dnnl::memory::desc& from,
             const dnnl::memory::desc& to) {
    if (from != to) reorder.emplace(from, to);
}

std::size_t floats_of(const dnnl::memory::desc& desc) { return desc.get_size() / sizeof(float); }

/// The source in the kernel's layout: where it lies, or in scratch memory.
const float* enter(const ConvKernel& kernel, const std::optional<Reorder>& prepared,
                   const TensorView& src) {
    onednn::Scratch& scratch = onednn::thread_scratch();
    const float* from = src.floats();
    auto described = onednn::describe(src);
    if (!described) {
        // Reversed or overlapping elements: copied into an array that oneDNN can describe.
        const Tile tile = whole_tile(src.shape);
        const TileCopy copy(1);
        float* const staged = scratch.dst_tile.reserve(copy.gather_size(tile, src.shape[1]));
        copy.gather(src, tile, src.shape[1], staged);
        from = staged;
        described = channels_last(src.shape);
    }
    if (*described == kernel.src_desc()) return from;
    float* const entered = scratch.src_tile.reserve(floats_of(kernel.src_desc()));
    if (prepared && prepared->is_from(*described)) {
        (*prepared)(from, entered);
    } else {
        Reorder(*described, kernel.src_desc())(from, entered);
    }
    return entered;
}

/// Moves the result from the kernel's layout to where it belongs.
void leave(const ConvKernel& kernel, const std::optional<Reorder>& prepared, const float* from,
           const MutableTensorView& dst) {
    const auto described = onednn::describe(dst);
    if (described && prepared && prepared->is_to(*described)) {
        (*prepared)(from, dst.floats());
    } else if (described) {
        Reorder(kernel.dst_desc(), *described)(from, dst.floats());
    } else {
        const Tile tile = whole_tile(dst.shape);
        const auto staged = channels_last(dst.shape);
        float* const plain = onednn::thread_scratch().src_tile.reserve(floats_of(staged));
        Reorder(kernel.dst_desc(), staged)(from, plain);
        TileCopy(1).scatter(plain, tile, dst.shape[1], dst);
    }
}

void convolve(const ConvKernel& kernel, const std::optional<Reorder>& prepared_enter,
              const std::optional<Reorder>& prepared_leave, const TensorView& src,
              const float* weights, const float* bias, const MutableTensorView& dst) {
    const float* const from = enter(kernel, prepared_enter, src);
    const auto described = onednn::describe(dst);
    onednn::KernelCall call(kernel);
    if (described && *described == kernel.dst_desc()) {
        call({from, weights, bias, dst.floats()});
        return;
    }
    float* const to = onednn::thread_scratch().dst_result.reserve(floats_of(kernel.dst_desc()));
    call({from, weights, bias, to});
    leave(kernel, prepared_leave, to, dst);
}

/// A dense array of a shape (n, c, h, w) in one of the dense memory orders.
TensorView dense(const Dims& shape, MemoryOrder order) {
    return {nullptr, DataType::float32, shape, dense_strides(order, shape)};
}

/// As many shares as this, however many threads there are: the slow kernels' rounding depends on
/// the size of their problem, and results must not depend on the number of threads.
constexpr std::int64_t wanted_parts = 8;
/// A problem below this many bytes is one share.
constexpr std::int64_t smallest_split = 256 * 1024;

/// Shares of whole images; where there are too few of those, of vectors of channels.
std::vector<Part> make_parts(const Request& request) {
    const Problem& problem = request.problem;
    std::vector<Part> parts;
    const std::int64_t most = problem.nbytes() < smallest_split ? 1 : wanted_parts;
    const std::int64_t images = std::clamp<std::int64_t>(problem.batch, 1, most);
    const std::int64_t wanted = ceil_div(most, images);
    const std::int64_t vectors = ceil_div(problem.channels, 16);
    // The groups of a general convolution stay together.
    const std::int64_t channels = problem.is_depthwise() ? std::min(wanted, vectors) : 1;
    for (std::int64_t i = 0; i < images; ++i) {
        for (std::int64_t c = 0; c < channels; ++c) {
            Part part;
            part.images = {problem.batch * i / images, problem.batch * (i + 1) / images};
            part.channels = {vectors * c / channels * 16,
                             std::min(vectors * (c + 1) / channels * 16, problem.channels)};
            if (part.images.size() != 0) parts.push_back(part);
        }
    }
    return parts;
}

/// The destination channels of a part.
Range outputs_of(const Part& part, const Problem& problem) {
    if (!problem.is_depthwise()) return {0, problem.out_channels()};
    return {part.channels.begin * problem.multiplier, part.channels.end * problem.multiplier};
}

/// The textbook form: layouts left to oneDNN, whole tensors reordered around the convolution.
class Reordered final : public Strategy {
public:
    explicit Reordered(const Request& request);

    StrategyKind kind() const noexcept override { return StrategyKind::reordered; }
    bool needs_its_orders() const noexcept override { return false; }
    std::string implementation() const override {
        return parts_.empty() ? "none" : parts_[0].kernel->implementation();
    }
    std::size_t packed_size() const noexcept override { return packed_size_; }
    PackedWeights pack(const TensorView& weights, const TensorView& bias,
                       float* packed) const override;
    void run(const TensorView& src, const PackedWeights& weights,
             const MutableTensorView& dst) const override;

private:
    void run_part(const Part& part, const TensorView& src, const PackedWeights& weights,
                  const MutableTensorView& dst) const;
    /// The weights and bias of a part as plain arrays.
    const float* plain_weights_of(const Part& part, const float* packed) const {
        return packed + part.channels.begin * problem_.multiplier * element_count(problem_.kernel);
    }
    const float* bias_of(const Part& part, const float* packed) const {
        return problem_.bias ? packed + bias_offset_ + part.channels.begin * problem_.multiplier
                             : nullptr;
    }

    Problem problem_;
    int threads_;
    std::vector<Part> parts_;
    std::size_t bias_offset_ = 0;
    std::size_t packed_size_ = 0;
};

Reordered::Reordered(const Request& request)
    : problem_(request.problem), threads_(request.threads), parts_(make_parts(request)) {
    packed_size_ =
        rounded_to_line(static_cast<std::size_t>(element_count(problem_.weights_shape())));
    const TensorView src = dense(problem_.src_shape(), request.src_order);
    const TensorView dst = dense(problem_.dst_shape(), request.dst_order);
    for (Part& part : parts_) {
        const auto geometry = geometry_of(problem_of(problem_, part), onednn::Layouts::any);
        for (const Part& other : parts_) {
            if (other.kernel && other.kernel->geometry() == geometry) part.kernel = other.kernel;
        }
        if (!part.kernel) part.kernel = std::make_shared<const ConvKernel>(geometry);
        part.weights = packed_size_;
        packed_size_ += rounded_to_line(part.kernel->weights_size());
        prepare(part.enter, *onednn::describe(box_of(src, part.images, part.channels)),
                part.kernel->src_desc());
        prepare(part.leave, part.kernel->dst_desc(),
                *onednn::describe(box_of(dst, part.images, outputs_of(part, problem_))));
    }
    bias_offset_ = packed_size_;
    if (problem_.bias) packed_size_ += static_cast<std::size_t>(problem_.dst_shape()[1]);
}

PackedWeights Reordered::pack(const TensorView& weights, const TensorView& bias,
                              float* packed) const {
    copy_in_c_order(weights, packed);
    if (problem_.bias) copy_in_c_order(bias, packed + bias_offset_);
    for (const Part& part : parts_) {
        const Reorder to_kernel(onednn::plain_weights(part.kernel->geometry()),
                                part.kernel->weights_desc());
        to_kernel(plain_weights_of(part, packed), packed + part.weights);
    }
    return {packed, all_finite(packed, element_count(weights.shape))};
}

void Reordered::run(const TensorView& src, const PackedWeights& weights,
                    const MutableTensorView& dst) const {
    parallel_for(static_cast<std::int64_t>(parts_.size()), threads_, [&](TileQueue& queue) {
        const onednn::SingleThreaded one_thread;
        while (const auto index = queue.next()) {
            run_part(parts_[static_cast<std::size_t>(*index)], src, weights, dst);
        }
    });
}

void Reordered::run_part(const Part& part, const TensorView& src, const PackedWeights& weights,
                         const MutableTensorView& dst) const {
    const TensorView from = box_of(src, part.images, part.channels);
    const MutableTensorView to = box_of(dst, part.images, outputs_of(part, problem_));
    const float* const bias = bias_of(part, weights.data);
    const bool leaves_padding_out = problem_.is_depthwise() && part.kernel->is_fast();
    if (weights.finite || leaves_padding_out) {
        convolve(*part.kernel, part.enter, part.leave, from, weights.data + part.weights, bias, to);
        return;
    }
    // The gemm kernels multiply the zeros of the padding too, and 0 · inf would be NaN there; the
    // reference kernel, slow as it is, leaves the padding out.
    const ConvKernel exact(geometry_of(problem_of(problem_, part), onednn::Layouts::mixed));
    onednn::AlignedBuffer packed(exact.weights_size());
    const Reorder to_kernel(onednn::plain_weights(exact.geometry()), exact.weights_desc());
    to_kernel(plain_weights_of(part, weights.data), packed.data());
    convolve(exact, std::nullopt, std::nullopt, from, packed.data(), bias, to);
}

}  // namespace

std::unique_ptr<const Strategy> make_reordered(const Request& request) {
    if (request.problem.spatial.size() != 2) {
        throw Unsupported({"strategy", "one that can serve this problem",
                           "'reordered': it has two dimensions alone"});
    }
    return std::make_unique<Reordered>(request);
}

}  // namespace dwconv::strategy
