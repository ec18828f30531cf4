#include "strategy/tile_grid.hpp"

#include <algorithm>

#include "ceil_div.hpp"
#include "dense_copy.hpp"
#include "finite.hpp"
#include "strategy/cache_line.hpp"
#include "strategy/exact.hpp"

namespace dwconv::strategy {

namespace {

/// Runs of at most `size`, or of `granule` if that is more; about equal, and all but the last a
/// multiple of `granule`.
std::vector<Range> split_range(std::int64_t count, std::int64_t size, std::int64_t granule) {
    std::vector<Range> ranges;
    if (count == 0) return ranges;
    const std::int64_t most = std::max(size / granule, std::int64_t{1}) * granule;
    const std::int64_t parts = count <= size ? 1 : ceil_div(count, most);
    const std::int64_t even = ceil_div(count, parts);
    const std::int64_t length = parts == 1 ? count : ceil_div(even, granule) * granule;
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
      channels_(split_range(problem.out_channels(), size.channels,
                            problem.is_depthwise() ? 16 : problem.multiplier)),
      rows_(split_axis(Axis::of(problem, 0), size.rows)),
      columns_(split_axis(Axis::of(problem, 1), std::min(size.columns, problem.output_spatial()[1]),
                          size.columns_padding)),
      packing_(problem) {
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
    bias_offset_ = packed_size_ = packing_.size();
    const auto channel_count =
        static_cast<std::size_t>(channels_.empty() ? 0 : channels_.back().end);
    if (problem.bias) {
        packed_size_ += rounded_to_line(channel_count + static_cast<std::size_t>(lanes_));
    }
    plain_offset_ = packed_size_;
    if (keeps_plain_) {
        packed_size_ += static_cast<std::size_t>(element_count(problem.weights_shape()));
    }
}

TileGrid::Cell TileGrid::make_cell(std::int64_t images, const Range& channels,
                                   const AxisBlock& rows, const AxisBlock& columns) {
    if (rows.is_padding() || columns.is_padding()) return {-1, 0};
    onednn::KernelGeometry geometry;
    geometry.batch = images;
    if (problem_.is_depthwise()) {
        geometry.channels = std::max(channels.size(), lanes_);
    } else {
        geometry.channels = sources_of(channels).size();
        geometry.group_channels = problem_.group_channels();
        geometry.multiplier = problem_.multiplier;
    }
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
    if (!problem_.is_depthwise() && has_padding(geometry)) keeps_plain_ = true;
    return {kernel, packing_.add(slice, *kernels_[static_cast<std::size_t>(kernel)])};
}

int TileGrid::kernel_for(const onednn::KernelGeometry& geometry) {
    for (std::size_t i = 0; i < kernels_.size(); ++i) {
        if (kernels_[i]->geometry() == geometry) return static_cast<int>(i);
    }
    kernels_.push_back(std::make_unique<onednn::ConvKernel>(geometry));
    return static_cast<int>(kernels_.size()) - 1;
}

Range TileGrid::sources_of(const Range& channels) const noexcept {
    const std::int64_t first = channels.begin / problem_.multiplier;
    const std::int64_t last = (channels.end - 1) / problem_.multiplier;
    return {first * problem_.group_channels(), (last + 1) * problem_.group_channels()};
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
    return {images_[image], channels_[channel], sources_of(channels_[channel]),
            rows_[row],     columns_[column],   cell.kernel,
            cell.weights};
}

bool TileGrid::all_fast() const noexcept {
    return std::all_of(kernels_.begin(), kernels_.end(), [](const auto& kernel) {
        return kernel->is_fast() &&
               (kernel->weights_format() || !kernel->geometry().is_depthwise());
    });
}

PackedWeights TileGrid::pack(const TensorView& weights, const TensorView& bias,
                             float* packed) const {
    packing_.pack(weights, packed);
    if (problem_.bias) {
        float* const end = packed + plain_offset_;
        float* at = packed + bias_offset_;
        for (std::int64_t c = 0; c < bias.shape[0]; ++c) *at++ = bias.floats()[c * bias.strides[0]];
        std::fill(at, end, 0.0f);
    }
    if (!keeps_plain_) return {packed, true};
    copy_in_c_order(weights, packed + plain_offset_);
    return {packed, all_finite(packed + plain_offset_, element_count(weights.shape))};
}

const float* TileGrid::bias(const PackedWeights& packed, std::int64_t channel) const noexcept {
    return problem_.bias ? packed.data + bias_offset_ + channel : nullptr;
}

const float* TileGrid::plain(const PackedWeights& packed) const noexcept {
    return keeps_plain_ ? packed.data + plain_offset_ : nullptr;
}

}  // namespace dwconv::strategy
