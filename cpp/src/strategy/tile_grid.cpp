#include "strategy/tile_grid.hpp"

#include <algorithm>

#include "onednn/library.hpp"

namespace dwconv::strategy {

namespace {

/// Packed weights and bias begin at multiples of this many elements, a cache line.
constexpr std::size_t line = 16;

std::size_t rounded_up(std::size_t floats) { return (floats + line - 1) / line * line; }

/// Runs of at most `size`, or of `granule` if that is more; about equal, and all but the last a
/// multiple of `granule`.
std::vector<Range> split_range(std::int64_t count, std::int64_t size, std::int64_t granule) {
    std::vector<Range> ranges;
    if (count == 0) return ranges;
    const std::int64_t most = std::max(size / granule, std::int64_t{1}) * granule;
    const std::int64_t parts = count <= size ? 1 : (count + most - 1) / most;
    const std::int64_t even = (count + parts - 1) / parts;
    const std::int64_t length = parts == 1 ? count : (even + granule - 1) / granule * granule;
    for (std::int64_t begin = 0; begin < count; begin += length) {
        ranges.push_back({begin, std::min(begin + length, count)});
    }
    return ranges;
}

/// For each item, the number of its shape in `shapes`, to which new ones are added.
template <class Item, class SameShape>
std::vector<std::size_t> number_shapes(const std::vector<Item>& items, SameShape same_shape,
                                       std::vector<Item>& shapes) {
    std::vector<std::size_t> numbers;
    for (const Item& item : items) {
        const auto found = std::find_if(shapes.begin(), shapes.end(),
                                        [&](const Item& shape) { return same_shape(shape, item); });
        numbers.push_back(static_cast<std::size_t>(found - shapes.begin()));
        if (found == shapes.end()) shapes.push_back(item);
    }
    return numbers;
}

bool same_block(const AxisBlock& a, const AxisBlock& b) { return a.same_shape(b); }
bool same_size(const Range& a, const Range& b) { return a.size() == b.size(); }

/// A single tap has no distance to the next; oneDNN's fastest kernels refuse any but 1.
std::int64_t dilation_of(const AxisBlock& block, std::int64_t dilation) {
    return block.taps() == 1 ? 1 : dilation;
}

}  // namespace

TileGrid::TileGrid(const Problem& problem, const TileSize& size)
    : problem_(problem),
      lanes_(size.lanes),
      images_(split_range(problem.batch, size.images, 1)),
      // A vector of 16 channels at a time, so that only the last block has idle lanes.
      channels_(split_range(problem.channels * problem.multiplier, size.channels, 16)),
      rows_(split_axis(Axis::of(problem, 0), size.rows)),
      columns_(
          split_axis(Axis::of(problem, 1), problem.output_spatial()[1], size.columns_padding)) {
    std::vector<Range> images;
    std::vector<AxisBlock> rows;
    std::vector<AxisBlock> columns;
    image_shape_ = number_shapes(images_, same_size, images);
    row_shape_ = number_shapes(rows_, same_block, rows);
    column_shape_ = number_shapes(columns_, same_block, columns);
    row_shapes_ = rows.size();
    column_shapes_ = columns.size();
    for (const Range& image : images) {
        for (const Range& channel : channels_) {
            for (const AxisBlock& row : rows) {
                for (const AxisBlock& column : columns) {
                    cells_.push_back(make_cell(image.size(), channel, row, column));
                }
            }
        }
    }
    bias_offset_ = packed_size_;
    const auto channel_count =
        static_cast<std::size_t>(channels_.empty() ? 0 : channels_.back().end);
    if (problem.bias) packed_size_ += rounded_up(channel_count + static_cast<std::size_t>(lanes_));
}

TileGrid::Cell TileGrid::make_cell(std::int64_t images, const Range& channels,
                                   const AxisBlock& rows, const AxisBlock& columns) {
    if (rows.is_padding() || columns.is_padding()) return {-1, 0};
    onednn::KernelGeometry geometry;
    geometry.batch = images;
    geometry.channels = std::max(channels.size(), lanes_);
    geometry.input = {rows.inputs(), columns.inputs()};
    geometry.output = {rows.outputs(), columns.outputs()};
    geometry.kernel = {rows.taps(), columns.taps()};
    geometry.stride = {problem_.stride[0], problem_.stride[1]};
    geometry.dilation = {dilation_of(rows, problem_.dilation[0]),
                         dilation_of(columns, problem_.dilation[1])};
    geometry.pad_low = {rows.pad_low, columns.pad_low};
    geometry.pad_high = {rows.pad_high, columns.pad_high};
    geometry.bias = problem_.bias;
    geometry.activation = problem_.activation;
    const int kernel = kernel_for(geometry);
    const onednn::WeightsSlice slice = {channels.begin,
                                        channels.end,
                                        {rows.tap_begin, columns.tap_begin},
                                        {rows.tap_end, columns.tap_end}};
    return {kernel, weights_for(slice, kernel)};
}

int TileGrid::kernel_for(const onednn::KernelGeometry& geometry) {
    for (std::size_t i = 0; i < kernels_.size(); ++i) {
        if (kernels_[i]->geometry() == geometry) return static_cast<int>(i);
    }
    kernels_.push_back(std::make_unique<onednn::DepthwiseKernel>(geometry));
    return static_cast<int>(kernels_.size()) - 1;
}

std::size_t TileGrid::weights_for(const onednn::WeightsSlice& slice, int kernel) {
    const onednn::DepthwiseKernel& user = *kernels_[static_cast<std::size_t>(kernel)];
    // A kernel without such a format is not a fast one, and a grid with a slow kernel is not run.
    if (!user.weights_format()) return 0;
    for (const WeightsSet& set : sets_) {
        if (set.slice == slice && set.format == *user.weights_format()) return set.offset;
    }
    sets_.push_back({slice, *user.weights_format(), packed_size_});
    packed_size_ += rounded_up(user.weights_size());
    return sets_.back().offset;
}

std::int64_t TileGrid::size() const noexcept {
    return static_cast<std::int64_t>(images_.size() * channels_.size() * rows_.size() *
                                     columns_.size());
}

Tile TileGrid::tile(std::int64_t index) const {
    // Image by image and plane by plane, as NCHW memory lies; rows before columns.
    auto rest = static_cast<std::size_t>(index);
    const auto next = [&rest](std::size_t count) {
        const std::size_t digit = rest % count;
        rest /= count;
        return digit;
    };
    const std::size_t column = next(columns_.size());
    const std::size_t row = next(rows_.size());
    const std::size_t channel = next(channels_.size());
    const std::size_t image = next(images_.size());
    const Cell& cell = cells_[((image_shape_[image] * channels_.size() + channel) * row_shapes_ +
                               row_shape_[row]) *
                                  column_shapes_ +
                              column_shape_[column]];
    return {images_[image],   channels_[channel], rows_[row],
            columns_[column], cell.kernel,        cell.weights};
}

bool TileGrid::all_fast() const noexcept {
    return std::all_of(kernels_.begin(), kernels_.end(), [](const auto& kernel) {
        return kernel->is_fast() && kernel->weights_format();
    });
}

std::string TileGrid::implementation() const {
    std::vector<std::string> names;
    for (const auto& kernel : kernels_) {
        if (std::find(names.begin(), names.end(), kernel->implementation()) == names.end()) {
            names.push_back(kernel->implementation());
        }
    }
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text.empty() ? "constant" : text;
}

PackedWeights TileGrid::pack(const TensorView& weights, const TensorView& bias,
                             float* packed) const {
    const simd::Transpose transpose = simd::transpose_for(onednn::simd_level());
    for (const WeightsSet& set : sets_) {
        onednn::pack_weights(weights, set.slice, set.format, transpose, packed + set.offset);
    }
    if (problem_.bias) {
        float* const end = packed + packed_size_;
        float* at = packed + bias_offset_;
        for (std::int64_t c = 0; c < bias.shape[0]; ++c) *at++ = bias.floats()[c * bias.strides[0]];
        std::fill(at, end, 0.0f);
    }
    return {packed, true};
}

const float* TileGrid::bias(const PackedWeights& packed, std::int64_t channel) const noexcept {
    return problem_.bias ? packed.data + bias_offset_ + channel : nullptr;
}

}  // namespace dwconv::strategy
