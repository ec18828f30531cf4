#include "simd/planar.hpp"

#include <algorithm>

#include "ceil_div.hpp"
#include "dense_copy.hpp"
#include "finite.hpp"
#include "simd/planar_levels.hpp"
#include "simd/streaming.hpp"

namespace dwconv::simd {

namespace {

/// The level whose vectors suit the rows of the destination.
Level level_for(const Problem& problem, PlanarOrder order, Level level) {
    const std::int64_t channels =
        order == PlanarOrder::planes ? 1 : problem.channels * problem.multiplier;
    const std::int64_t row = problem.output_spatial()[1] * channels;
    // Half a vector would idle all the time, and the shorter ones are there, too.
    return level == Level::avx512 && row <= planar_avx2.lanes ? Level::avx2 : level;
}

const PlanarKernels& row_kernels(Level level) {
    if (level == Level::baseline) return planar_baseline;
    return level == Level::avx2 ? planar_avx2 : planar_avx512;
}

const PlanarKernels& line_kernels(Level level) {
    if (level == Level::baseline) return planar_lines_baseline;
    return level == Level::avx2 ? planar_lines_avx2 : planar_lines_avx512;
}

}  // namespace

PlanarConvolution::PlanarConvolution(const Problem& problem, PlanarOrder order, Level level)
    : geometry_(problem, order, row_kernels(level_for(problem, order, level)).lanes),
      kernels_(&(is_line() ? line_kernels : row_kernels)(level_for(problem, order, level))),
      transpose_(transpose_for(level)),
      channels_(problem.channels * problem.multiplier),
      multiplier_(order == PlanarOrder::planes ? problem.multiplier : 1),
      planes_(problem.batch * (order == PlanarOrder::planes ? channels_ : 1)),
      src_size_(shape().src_rows * shape().src_pitch),
      dst_size_(shape().dst_rows * shape().dst_pitch) {
    const bool periodic = shape().period != 1;
    bias_offset_ = static_cast<std::size_t>(weights_of(periodic ? 1 : channels_));
    packed_size_ = bias_offset_ + static_cast<std::size_t>(channels_ + longest_vector);
    if (!is_line()) geometry_.shape.blocks = kernels_->blocks(shape());
}

/// Floats of the weights before those of a channel, or of all channels of a periodic row.
std::int64_t PlanarConvolution::weights_of(std::int64_t channel) const noexcept {
    return channel * shape().kernel_rows * shape().weights_pitch;
}

std::string PlanarConvolution::name() const {
    return "planar:" + std::string(kernels_->name) + " " + std::to_string(shape().kernel_rows) +
           "x" + std::to_string(shape().kernel_columns);
}

bool PlanarConvolution::pack(const TensorView& weights, const TensorView& bias,
                             float* packed) const {
    const bool periodic = shape().period != 1;
    if (!periodic) {
        copy_in_c_order(weights, packed);
    } else if (is_c_order(weights)) {
        const std::int64_t taps = shape().kernel_rows * shape().kernel_columns;
        transpose_(weights.floats(), taps, packed, shape().tap_pitch, channels_, taps);
    } else {
        pack_by_element(weights, packed);
    }
    float* const to = packed + bias_offset_;
    for (std::int64_t c = 0; c < channels_; ++c) {
        to[c] = bias.data == nullptr ? 0.0f : bias.floats()[c * bias.strides[0]];
    }
    // A vector may begin at any channel: what it reads beyond the last one begins anew.
    for (float* row = packed; periodic && row <= to; row += shape().tap_pitch) {
        for (std::int64_t i = 0; i < longest_vector; ++i) row[channels_ + i] = row[i];
    }
    return all_finite(packed, static_cast<std::int64_t>(bias_offset_));
}

/// The weights of a periodic row, from any strides.
void PlanarConvolution::pack_by_element(const TensorView& weights, float* packed) const {
    for (std::int64_t i = 0; i < shape().kernel_rows; ++i) {
        for (std::int64_t j = 0; j < shape().kernel_columns; ++j, packed += shape().tap_pitch) {
            for (std::int64_t c = 0; c < channels_; ++c) {
                packed[c] = weights.floats()[c / weights.shape[1] * weights.strides[0] +
                                             c % weights.shape[1] * weights.strides[1] +
                                             i * weights.strides[2] + j * weights.strides[3]];
            }
        }
    }
}

std::int64_t PlanarConvolution::block_columns() const noexcept {
    // A gathered row is one for all of its parts.
    return is_line() && !shape().gathered ? most_vectors * kernels_->lanes : 0;
}

std::int64_t PlanarConvolution::scratch_size() const noexcept {
    if (shape().gathered) {
        const std::int64_t rows = (shape().gathered_rows - 1) * shape().row_stride +
                                  (shape().kernel_rows - 1) * shape().row_dilation + 1;
        return std::min(rows, shape().src_rows) * shape().row_length;
    }
    if (is_line()) return most_vectors * kernels_->lanes + shape().extent + longest_vector;
    const std::int64_t edge_rows =
        2 * std::min(ceil_div(shape().margin, shape().src_pitch), shape().src_rows);
    return edge_rows * edge_pitch();
}

/// Copies the rows of a plane that a vector beginning before them, or ending behind them, would
/// leave the array with.
void PlanarConvolution::copy_edge_rows(const float* src, std::int64_t plane, PlanarTile& tile,
                                       float* to) const {
    const std::int64_t pitch = shape().src_pitch;
    const std::int64_t before = plane * src_size_;
    const std::int64_t behind = (planes_ / multiplier_ - plane - 1) * src_size_;
    if (before >= shape().margin && behind >= shape().margin) {
        tile.src_begin = 0;
        tile.src_end = shape().src_rows;
        return;
    }
    const auto short_of = [&](std::int64_t room) {
        return room >= shape().margin
                   ? 0
                   : std::min(ceil_div(shape().margin - room, pitch), shape().src_rows);
    };
    tile.src_begin = short_of(before);
    tile.src_end = std::max(shape().src_rows - short_of(behind), tile.src_begin);
    tile.edge_rows = to + shape().margin;
    tile.edge_pitch = edge_pitch();
    for (std::int64_t row = 0; row < shape().src_rows; ++row) {
        if (row == tile.src_begin) row = tile.src_end;
        if (row == shape().src_rows) break;
        std::copy_n(src + before + row * pitch, pitch, to + shape().margin);
        to += tile.edge_pitch;
    }
}

void PlanarConvolution::run(const PlanarArrays& arrays, const PlanarPart& part,
                            PlanarScratch& scratch) const {
    // Zeros: the padding in gathered rows is never written.
    scratch.floats.assign(static_cast<std::size_t>(scratch_size()), 0.0f);
    scratch.pointers.resize(static_cast<std::size_t>(shape().kernel_rows * most_rows));

    std::int64_t channel = shape().period == 1 ? part.plane_begin % channels_ : 0;
    std::int64_t src_plane = part.plane_begin / multiplier_;
    std::int64_t copies_left = multiplier_ - part.plane_begin % multiplier_;
    const bool whole = part.row_begin == 0 && part.row_end == shape().dst_rows;
    PlanarTile tile{};
    tile.row_begin = part.row_begin;
    tile.row_end = part.row_end;
    tile.column_begin = part.column_begin;
    tile.column_end = std::min(part.column_end, shape().dst_pitch);
    tile.gathered = scratch.floats.data();
    tile.pointers = scratch.pointers.data();
    for (std::int64_t plane = part.plane_begin; plane < part.plane_end; ++plane) {
        tile.src = arrays.src + src_plane * src_size_;
        tile.dst = arrays.dst + plane * dst_size_;
        tile.weights = arrays.packed + weights_of(channel);
        tile.bias = arrays.packed + bias_offset_ + channel;
        // Whole planes follow one another; of a band, the next plane's is another part's.
        tile.dst_end =
            whole ? (part.plane_end - plane) * dst_size_ : part.row_end * shape().dst_pitch;
        if (!shape().gathered) copy_edge_rows(arrays.src, src_plane, tile, scratch.floats.data());
        kernels_->run(shape(), tile);
        if (shape().period == 1 && ++channel == channels_) channel = 0;
        if (--copies_left == 0) {
            copies_left = multiplier_;
            ++src_plane;
        }
    }
    if (shape().streamed) finish_streaming();
}

void PlanarConvolution::run_exactly(const PlanarArrays& arrays, const PlanarPart& part) const {
    const PlanarShape& s = shape();
    const std::int64_t columns_end = std::min(part.column_end, s.dst_pitch);
    for (std::int64_t plane = part.plane_begin; plane < part.plane_end; ++plane) {
        const std::int64_t first = s.period == 1 ? plane % channels_ : 0;
        const float* const src = arrays.src + plane / multiplier_ * src_size_;
        for (std::int64_t row = part.row_begin; row < part.row_end; ++row) {
            for (std::int64_t i = part.column_begin; i < columns_end; ++i) {
                const std::int64_t channel = i % s.period;
                const float* tap = arrays.packed + weights_of(first) + channel;
                double sum =
                    arrays.packed[bias_offset_ + static_cast<std::size_t>(first + channel)];
                for (std::int64_t t = 0; t < s.kernel_rows; ++t) {
                    const std::int64_t y = row * s.row_stride - s.row_padding + t * s.row_dilation;
                    for (std::int64_t k = 0; k < s.kernel_columns; ++k, tap += s.tap_pitch) {
                        const std::int64_t x = i / s.period * s.column_stride -
                                               geometry_.column_padding +
                                               k * geometry_.column_dilation;
                        if (x < 0 || x >= geometry_.src_columns || y < 0 || y >= s.src_rows) {
                            continue;
                        }
                        const std::int64_t at =
                            y * s.src_pitch + x * s.src_channels + channel / s.multiplier;
                        sum += double{src[at]} * double{*tap};
                    }
                }
                arrays.dst[plane * dst_size_ + row * s.dst_pitch + i] =
                    static_cast<float>(s.activation.activation(sum));
            }
        }
    }
}

}  // namespace dwconv::simd
