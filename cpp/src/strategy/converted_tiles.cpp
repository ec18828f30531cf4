#include "strategy/converted_tiles.hpp"

#include <algorithm>

#include "ceil_div.hpp"
#include "strategy/tiles_wanted.hpp"

namespace dwconv::strategy {

namespace {

/// Of source and destination together. A second-level cache of half a megabyte holds it, with what
/// is on its way from and to the arrays.
constexpr std::int64_t floats_of_tile = 96 * 1024;
/// Multiply-adds, and elements at 4 each, that are worth sharing with another thread, some 10 µs;
/// and those of a tile where there is one for each thread: tiles that are cut smaller cost more in
/// all.
constexpr std::int64_t worth_a_thread = 200 * 1000;
constexpr std::int64_t worth_a_tile = 1000 * 1000;
constexpr std::int64_t tiles_per_thread = 4;
/// Tiles of fewer rows read much of their source twice: rather the rows are cut, but not into
/// pieces of fewer columns than these.
constexpr std::int64_t some_outputs = 12;
constexpr std::int64_t few_columns = 20;
/// Of fewer rows, the channels of channels-last memory are cut too, but not into fewer than these:
/// short runs of elements take longer to convert.
constexpr std::int64_t few_outputs = 4;
constexpr std::int64_t few_channels = 64;

/// Runs of about the same length, at most `size`.
std::vector<Range> even_ranges(std::int64_t count, std::int64_t size) {
    const std::int64_t even = ceil_div(count, ceil_div(count, size));
    std::vector<Range> ranges;
    for (std::int64_t begin = 0; begin < count; begin += even) {
        ranges.push_back({begin, std::min(begin + even, count)});
    }
    return ranges;
}

CutAxes axes_to_cut(const Problem& problem) {
    const Dims output = problem.output_spatial();
    const std::size_t last = output.size() - 1;
    for (std::size_t i = 0; i < last; ++i) {
        if (output[i] > 1) return {i, last};
    }
    return {last, last};
}

/// All of an axis.
AxisBlock whole(const Axis& axis) {
    const std::int64_t extent = (axis.kernel - 1) * axis.dilation + 1;
    const std::int64_t high = (axis.output - 1) * axis.stride + extent - axis.pad_low - axis.input;
    return {0,
            axis.output,
            0,
            axis.input,
            0,
            axis.kernel,
            axis.pad_low,
            std::max<std::int64_t>(high, 0)};
}

/// At most so many to a tile.
struct Size {
    std::int64_t images;
    std::int64_t channels;
    std::int64_t outputs;     ///< along the outer axis
    std::int64_t pieces = 1;  ///< of the inner axis
};

class Sizer {
public:
    Sizer(const Problem& problem, const CutAxes& axes)
        : problem_(problem),
          axis_(Axis::of(problem, axes.outer)),
          most_pieces_(axes.outer == axes.inner
                           ? 1
                           : ceil_div(problem.output_spatial()[axes.inner], few_columns)),
          src_slice_(element_count(problem.spatial) / axis_.input),
          dst_slice_(problem.multiplier * element_count(problem.output_spatial()) / axis_.output) {}

    Size operator()(MemoryOrder order, int threads) const {
        const std::int64_t image = src_slice_ * axis_.input + dst_slice_ * axis_.output;
        const bool channels_last = order == MemoryOrder::channels_last;
        Size size = {1, problem_.channels, axis_.output};
        if (image * problem_.channels <= floats_of_tile) {
            size.images = floats_of_tile / (image * problem_.channels);
        } else if (!channels_last && image <= floats_of_tile) {
            size.channels = floats_of_tile / image;
        } else {
            if (!channels_last) size.channels = 1;
            size.outputs = outputs_in(size);
            while (size.outputs < some_outputs && size.pieces < most_pieces_) {
                ++size.pieces;
                size.outputs = outputs_in(size);
            }
            while (size.outputs < few_outputs && size.channels >= 2 * few_channels) {
                size.channels = ceil_div(ceil_div(size.channels, 2), 16) * 16;
                size.outputs = outputs_in(size);
            }
        }
        size.images =
            std::clamp<std::int64_t>(size.images, 1, std::max<std::int64_t>(problem_.batch, 1));
        size.outputs = std::clamp<std::int64_t>(size.outputs, 1, axis_.output);
        share(size, order, threads);
        return size;
    }

private:
    /// Inputs that two blocks of outputs next to each other share.
    std::int64_t shared_inputs() const {
        return std::max<std::int64_t>((axis_.kernel - 1) * axis_.dilation + 1 - axis_.stride, 0);
    }
    /// Along the outer axis, for the other sizes.
    std::int64_t outputs_in(const Size& size) const {
        const std::int64_t floats = floats_of_tile / size.channels * size.pieces;
        return (floats - shared_inputs() * src_slice_) / (axis_.stride * src_slice_ + dst_slice_);
    }
    std::int64_t tiles(const Size& size) const {
        return ceil_div(problem_.batch, size.images) * ceil_div(problem_.channels, size.channels) *
               ceil_div(axis_.output, size.outputs) * size.pieces;
    }
    /// Makes the tiles smaller where there are too few for all threads.
    void share(Size& size, MemoryOrder order, int threads) const {
        const std::int64_t work = work_of(problem_);
        const std::int64_t shared = std::min<std::int64_t>(threads, work / worth_a_thread);
        const std::int64_t wanted = std::max<std::int64_t>(
            shared, threads == 1
                        ? 1
                        : std::min<std::int64_t>(work / worth_a_tile, threads * tiles_per_thread));
        const std::int64_t least_channels =
            order == MemoryOrder::channels_last ? problem_.channels : 1;
        while (tiles(size) < wanted) {
            if (size.images > 1) {
                size.images = ceil_div(size.images, 2);
            } else if (size.channels > least_channels) {
                size.channels = ceil_div(size.channels, 2);
            } else if (size.outputs > 2 * (shared_inputs() + 1)) {
                size.outputs = ceil_div(size.outputs, 2);
            } else {
                return;
            }
        }
    }

    const Problem& problem_;
    Axis axis_;
    std::int64_t most_pieces_;
    std::int64_t src_slice_;  ///< of a channel: floats at one place along the axis
    std::int64_t dst_slice_;
};

}  // namespace

MemoryOrder tile_order(const Request& request) {
    const bool channels_last = request.src_order == MemoryOrder::channels_last &&
                               request.dst_order == MemoryOrder::channels_last;
    return channels_last ? MemoryOrder::channels_last : MemoryOrder::channels_first;
}

ConvertedGrid::ConvertedGrid(const Problem& problem, MemoryOrder order, int threads)
    : problem_(problem), axes_(axes_to_cut(problem)) {
    const Size size = Sizer(problem, axes_)(order, threads);
    images_ = even_ranges(std::max<std::int64_t>(problem.batch, 1), size.images);
    channels_ = even_ranges(problem.channels, size.channels);
    const Axis inner = Axis::of(problem, axes_.inner);
    const std::vector<AxisBlock> columns =
        size.pieces == 1 ? std::vector<AxisBlock>{whole(inner)}
                         : split_axis(inner, ceil_div(inner.output, size.pieces));
    std::vector<PlaneBlock> shapes;
    for (const AxisBlock& outer : split_axis(Axis::of(problem, axes_.outer), size.outputs)) {
        for (const AxisBlock& column : columns) {
            const PlaneBlock block = {outer, axes_.outer == axes_.inner ? outer : column};
            const auto found =
                std::find_if(shapes.begin(), shapes.end(),
                             [&](const PlaneBlock& shape) { return shape.same_shape(block); });
            blocks_.push_back(block);
            block_shape_.push_back(static_cast<std::size_t>(found - shapes.begin()));
            if (found == shapes.end()) shapes.push_back(block);
        }
    }
    block_shapes_ = shapes.size();
    // The last of the images may be fewer than the others.
    for (const Range& images : {images_.front(), images_.back()}) {
        for (const Range& channels : channels_) {
            for (const PlaneBlock& shape : shapes) add_cell(images.size(), channels, shape);
        }
        if (images_.front().size() == images_.back().size()) break;
    }
}

void ConvertedGrid::add_cell(std::int64_t images, const Range& channels, const PlaneBlock& block) {
    Problem part = problem_;
    part.batch = images;
    part.channels = channels.size();
    part.src_dtype = part.weights_dtype = part.dst_dtype = DataType::float32;
    Dims dst = problem_.output_spatial();
    const auto cut = [&](std::size_t axis, const AxisBlock& along) {
        part.spatial[axis] = along.inputs();
        part.kernel[axis] = along.taps();
        part.padding[axis] = {along.pad_low, along.pad_high};
        dst[axis] = along.outputs();
    };
    cut(axes_.outer, block.outer);
    cut(axes_.inner, block.inner);
    largest_src_ = std::max(largest_src_, element_count(part.src_shape()));
    largest_dst_ =
        std::max(largest_dst_, images * channels.size() * problem_.multiplier * element_count(dst));
    cells_.push_back({part, channels, block});
}

std::int64_t ConvertedGrid::size() const noexcept {
    return static_cast<std::int64_t>(images_.size() * channels_.size() * blocks_.size());
}

ConvertedTile ConvertedGrid::tile(std::int64_t index) const {
    const auto i = static_cast<std::size_t>(index);
    const std::size_t block = i % blocks_.size();
    const std::size_t group = i / blocks_.size() % channels_.size();
    const Range& images = images_[i / blocks_.size() / channels_.size()];
    const std::size_t fewer = images.size() == images_.front().size() ? 0 : channels_.size();
    return {images, channels_[group], blocks_[block],
            (fewer + group) * block_shapes_ + block_shape_[block]};
}

}  // namespace dwconv::strategy
