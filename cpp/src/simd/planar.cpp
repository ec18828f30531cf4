#include "simd/planar.hpp"

#include <algorithm>

#include "ceil_div.hpp"
#include "dense_copy.hpp"
#include "finite.hpp"
#include "simd/planar_levels.hpp"
#include "simd/rows_read.hpp"
#include "simd/streaming.hpp"

namespace dwconv::simd {

namespace {

/// The level whose vectors suit the rows of the destination.
Level level_for(const Problem& problem, PlanarOrder order, Level level) {
    const std::int64_t channels =
        order == PlanarOrder::planes ? 1 : problem.channels * problem.multiplier;
    const std::int64_t row = problem.output_spatial().back() * channels;
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

std::int64_t planar_lanes(const Problem& problem, PlanarOrder order, Level level) {
    return row_kernels(level_for(problem, order, level)).lanes;
}

PlanarConvolution::PlanarConvolution(const Problem& problem, PlanarOrder order, Level level)
    : geometry_(problem, order, planar_lanes(problem, order, level)),
      kernels_(&(is_line() ? line_kernels : row_kernels)(level_for(problem, order, level))),
      transpose_(transpose_for(level)),
      channels_(problem.channels * problem.multiplier),
      multiplier_(order == PlanarOrder::planes ? problem.multiplier : 1),
      src_planes_(problem.batch * (order == PlanarOrder::planes ? problem.channels : 1) *
                  geometry_.src_depth),
      planes_(problem.batch * (order == PlanarOrder::planes ? channels_ : 1) * geometry_.dst_depth),
      src_size_(shape().src_rows * shape().src_pitch),
      dst_size_(shape().dst_rows * shape().dst_pitch) {
    const bool periodic = shape().period != 1;
    bias_offset_ = static_cast<std::size_t>(weights_of(periodic ? 1 : channels_));
    packed_size_ = bias_offset_ + static_cast<std::size_t>(channels_ + longest_vector);
    if (!is_line()) geometry_.shape.blocks = kernels_->blocks(shape());
}

/// Floats of the weights before those of a channel, or of all channels of a periodic row.
std::int64_t PlanarConvolution::weights_of(std::int64_t channel) const noexcept {
    return channel * shape().kernel_depth * shape().kernel_rows * shape().weights_pitch;
}

/// Whether planes that follow one another are computed at once, each with taps of its own.
bool PlanarConvolution::repeats_planes() const noexcept { return shape().rolled_rows != 0; }

std::string PlanarConvolution::name() const {
    const std::string depth =
        geometry_.has_depth ? std::to_string(shape().kernel_depth) + "x" : std::string();
    return "planar:" + std::string(kernels_->name) + " " + depth +
           std::to_string(shape().kernel_rows) + "x" + std::to_string(shape().kernel_columns);
}

bool PlanarConvolution::pack(const TensorView& weights, const TensorView& bias,
                             float* packed) const {
    const bool periodic = shape().period != 1;
    if (!periodic) {
        copy_in_c_order(weights, packed);
    } else if (is_c_order(weights)) {
        const std::int64_t taps =
            shape().kernel_depth * shape().kernel_rows * shape().kernel_columns;
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
    const std::size_t rows = weights.strides.size() - 2;
    const std::int64_t depth_step = geometry_.has_depth ? weights.strides[2] : 0;
    for (std::int64_t z = 0; z < shape().kernel_depth; ++z) {
        for (std::int64_t i = 0; i < shape().kernel_rows; ++i) {
            for (std::int64_t j = 0; j < shape().kernel_columns; ++j, packed += shape().tap_pitch) {
                const float* const tap = weights.floats() + z * depth_step +
                                         i * weights.strides[rows] + j * weights.strides[rows + 1];
                for (std::int64_t c = 0; c < channels_; ++c) {
                    packed[c] = tap[c / weights.shape[1] * weights.strides[0] +
                                    c % weights.shape[1] * weights.strides[1]];
                }
            }
        }
    }
}

std::int64_t PlanarConvolution::block_columns() const noexcept {
    // A gathered row is one for all of its parts.
    return is_line() && !shape().gathered ? most_vectors * kernels_->lanes : 0;
}

std::int64_t PlanarConvolution::block_channels() const noexcept {
    // The channels of a cache line are the same in all pixels.
    if (shape().pixel_kernel == PixelKernel::none || channels_ % line_floats != 0) return 0;
    if (shape().copied_pixels != 0) return copied_channels;
    // Patches run along the channels, the longer the better.
    return shape().pixel_kernel == PixelKernel::patches ? 0 : 2 * line_floats;
}

/// Where the destination begins a cache line: two threads that write to the same one wait for each
/// other.
std::int64_t PlanarConvolution::cut_between_channels(std::int64_t channel,
                                                     const float* dst) const noexcept {
    if (channel == 0 || channel >= channels_) return std::min(channel, channels_);
    return channel - floats_into_cache_line(dst);
}

void PlanarConvolution::run(const PlanarArrays& arrays, const PlanarPart& part,
                            PlanarScratch& scratch) const {
    if (!geometry_.has_depth || !shape().gathered) {
        run_planes(arrays, part, scratch);
        return;
    }
    // As many rows as are gathered at a time, of all planes: each is gathered once.
    PlanarPart band = part;
    const std::int64_t rows = part.row_end - part.row_begin;
    const std::int64_t even = ceil_div(rows, ceil_div(rows, shape().gathered_rows));
    for (std::int64_t row = part.row_begin; row < part.row_end; row = band.row_end) {
        band.row_begin = row;
        band.row_end = std::min(row + even, part.row_end);
        run_planes(arrays, band, scratch);
    }
}

void PlanarConvolution::run_planes(const PlanarArrays& arrays, const PlanarPart& part,
                                   PlanarScratch& scratch) const {
    const std::int64_t depths = geometry_.dst_depth;
    const std::int64_t weights_of_plane = shape().kernel_rows * shape().weights_pitch;
    PlanarSource source(geometry_, kernels_->lanes, arrays.src, src_planes_, scratch);
    // A volume of the destination; in two dimensions it is one plane.
    std::int64_t volume = part.plane_begin / depths;
    std::int64_t depth = part.plane_begin % depths;
    std::int64_t channel = shape().period == 1 ? volume % channels_ : 0;
    const bool whole = part.row_begin == 0 && part.row_end == shape().dst_rows;
    PlanarTile tile{};
    source.prepare(tile);
    tile.row_begin = part.row_begin;
    tile.row_end = part.row_end;
    tile.column_begin = part.column_begin;
    tile.column_end = std::min(part.column_end, shape().dst_pitch);
    tile.channel_begin = cut_between_channels(part.channel_begin, arrays.dst);
    tile.channel_end = cut_between_channels(part.channel_end, arrays.dst);
    tile.src_step = src_size_;
    tile.dst_step = dst_size_;
    tile.copies = multiplier_;
    for (std::int64_t plane = part.plane_begin; plane < part.plane_end; plane += tile.repeats) {
        const std::int64_t src_volume = volume / multiplier_;
        tile.repeats = 1;
        tile.first_copies = (src_volume + 1) * multiplier_ - volume;
        if (repeats_planes()) {
            const std::int64_t more = (source.planes_alike(src_volume) - 1) * multiplier_;
            tile.repeats =
                std::min({tile.first_copies + more, channels_ - channel, part.plane_end - plane});
        }
        const std::int64_t skipped = source.place(src_volume, depth, tile);
        tile.dst = arrays.dst + plane * dst_size_;
        tile.add = arrays.add == nullptr ? nullptr : arrays.add + plane * dst_size_;
        tile.weights = arrays.packed + weights_of(channel) + skipped * weights_of_plane;
        tile.bias = arrays.packed + bias_offset_ + channel;
        // Whole planes follow one another; of a band, the next plane's is another part's.
        tile.dst_end =
            whole ? (part.plane_end - plane) * dst_size_ : part.row_end * shape().dst_pitch;
        if (tile.plane_count != 0) {
            kernels_->run(shape(), tile);
        } else {
            fill_with_bias(tile);
        }
        if (++depth != depths) continue;
        depth = 0;
        volume += tile.repeats;
        if (shape().period == 1 && (channel += tile.repeats) == channels_) channel = 0;
    }
    if (is_line() && shape().beyond_caches) finish_streaming();
}

PlanarRows PlanarConvolution::rows_read(std::int64_t row_begin,
                                        std::int64_t row_end) const noexcept {
    const PlanarShape& s = shape();
    const std::int64_t top = row_begin * s.row_stride - s.row_padding;
    const std::int64_t bottom =
        top + simd::rows_read(row_end - row_begin, s.row_stride, s.kernel_rows, s.row_dilation);
    const std::int64_t begin = std::clamp<std::int64_t>(top, 0, s.src_rows);
    return {begin, std::clamp(bottom, begin, s.src_rows)};
}

void PlanarConvolution::run_copied(const PlanarArrays& arrays, const PlanarPart& part,
                                   const PlanarAhead& ahead, PlanarScratch& scratch) const {
    const PlanarRows rows = rows_read(part.row_begin, part.row_end);
    const PlanarSource source(geometry_, kernels_->lanes, arrays.src, 1, scratch);
    PlanarTile tile{};
    source.prepare(tile);
    tile.row_begin = part.row_begin;
    tile.row_end = part.row_end;
    tile.channel_end = channels_;
    const std::int64_t size = (part.row_end - part.row_begin) * shape().dst_pitch;
    PlanarPlane& read = scratch.planes[0];
    read.begin = rows.begin;
    read.end = rows.end;
    const std::int64_t first = part.plane_begin / multiplier_;
    tile.src_step = rows.size() * shape().src_pitch;
    tile.dst_step = size;
    tile.copies = multiplier_;
    for (std::int64_t plane = part.plane_begin; plane < part.plane_end; plane += tile.repeats) {
        const std::int64_t copy = plane / multiplier_ - first;
        // Where row 0 of a whole plane would be.
        read.src = arrays.src + (copy * rows.size() - rows.begin) * shape().src_pitch;
        tile.dst =
            arrays.dst + (plane - part.plane_begin) * size - part.row_begin * shape().dst_pitch;
        const std::int64_t channel = shape().period == 1 ? plane % channels_ : 0;
        tile.repeats = repeats_planes() ? std::min(channels_ - channel, part.plane_end - plane) : 1;
        tile.first_copies = multiplier_ - plane % multiplier_;
        tile.weights = arrays.packed + weights_of(channel);
        tile.bias = arrays.packed + bias_offset_ + channel;
        tile.dst_end =
            (tile.repeats - 1) * size + part.row_end * shape().dst_pitch + longest_vector;
        tile.ahead_bytes = ahead.bytes;
        tile.ahead = ahead.data + copy * src_size_ * ahead.bytes;
        kernels_->run(shape(), tile);
    }
}

}  // namespace dwconv::simd
