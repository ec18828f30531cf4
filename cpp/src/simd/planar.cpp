#include "simd/planar.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "simd/planar_levels.hpp"

namespace dwconv::simd {

namespace {

/// Gathered rows in use at a time stay in the first-level cache, beside the destination's.
constexpr std::int64_t gathered_floats = 6 * 1024;

const PlanarKernels& kernels_for(Level level, std::int64_t row) {
    if (level == Level::baseline) return planar_baseline;
    // Half a vector would idle all the time, and the shorter ones are there, too.
    if (level == Level::avx2 || row <= planar_avx2.lanes) return planar_avx2;
    return planar_avx512;
}

bool has_kernel(std::int64_t rows) { return rows == 3 || rows == 5 || rows == 7 || rows == 9; }

}  // namespace

PlanarConvolution::PlanarConvolution(const Problem& problem, PlanarOrder order, Level level)
    : channels_(problem.channels * problem.multiplier), column_dilation_(problem.dilation[1]) {
    const Dims output = problem.output_spatial();
    const bool planes = order == PlanarOrder::planes || channels_ == 1;
    shape_.period = planes ? 1 : channels_;
    shape_.src_channels = planes ? 1 : problem.channels;
    shape_.multiplier = planes ? 1 : problem.multiplier;
    shape_.src_rows = problem.spatial[0];
    shape_.dst_rows = output[0];
    shape_.src_columns = problem.spatial[1];
    shape_.src_pitch = problem.spatial[1] * shape_.src_channels;
    shape_.dst_pitch = output[1] * shape_.period;
    shape_.kernel_rows = problem.kernel[0];
    shape_.kernel_columns = problem.kernel[1];
    shape_.row_stride = problem.stride[0];
    shape_.row_dilation = problem.dilation[0];
    shape_.row_padding = problem.padding[0].low;
    shape_.column_stride = problem.stride[1];
    shape_.column_padding = problem.padding[1].low;
    shape_.weights_pitch = planes ? 1 : channels_ + longest_vector;
    const Activation& activation = shape_.activation = problem.activation;
    // Leaky relu without a leak is relu, where 0 · inf would make it NaN.
    if (activation.kind == ActivationKind::relu ||
        (activation.kind == ActivationKind::leaky_relu && activation.alpha == 0.0f)) {
        shape_.clamped = true;
        shape_.upper = std::numeric_limits<float>::infinity();
    } else if (activation.kind == ActivationKind::clip) {
        shape_.clamped = true;
        shape_.lower = activation.alpha;
        shape_.upper = activation.beta;
    }
    share_rows(problem);
    lay_columns(problem);
    const std::int64_t taps = shape_.kernel_rows * shape_.kernel_columns;
    bias_offset_ = static_cast<std::size_t>(taps * (planes ? channels_ : shape_.weights_pitch));
    packed_size_ =
        bias_offset_ + static_cast<std::size_t>(channels_ + (planes ? 0 : longest_vector));
    kernels_ = &kernels_for(level, shape_.dst_pitch);
    shape_.blocks = kernels_->blocks(shape_);
}

/// Rows of the destination share rows of the source where the distance of the one, in the source,
/// is a multiple of the distance of the kernel's rows: once or twice it for the kernels here.
/// Without a stride, rows of the destination that lie a dilation apart do.
void PlanarConvolution::share_rows(const Problem& problem) {
    const std::int64_t stride = problem.stride[0];
    const std::int64_t dilation = problem.dilation[0];
    if (!has_kernel(shape_.kernel_rows)) return;
    if (stride == 1) {
        shape_.shared_step = shape_.dst_step = dilation;
    } else if (stride == dilation || stride == 2 * dilation) {
        shape_.shared_step = dilation;
        shape_.shared_stride = stride / dilation;
    }
}

void PlanarConvolution::lay_columns(const Problem& problem) {
    const std::int64_t stride = problem.stride[1];
    const std::int64_t outputs = problem.output_spatial()[1];
    shape_.gathered = stride != 1 || shape_.multiplier != 1;
    shape_.row_length = shape_.src_pitch;
    for (std::int64_t k = 0; k < shape_.kernel_columns; ++k) {
        const std::int64_t column = k * column_dilation_;
        if (!shape_.gathered) {
            offsets_.push_back((column - shape_.column_padding) * shape_.period);
            continue;
        }
        // One phase for the columns of the kernel with the same remainder.
        const auto same = [&](const ColumnPhase& phase) { return phase.first == column % stride; };
        auto phase = std::find_if(phases_.begin(), phases_.end(), same);
        if (phase == phases_.end()) phase = phases_.insert(phase, {column % stride, 0, 0});
        phase->count = std::max(phase->count, column / stride + outputs);
    }
    if (shape_.gathered) {
        std::int64_t offset = 0;
        for (ColumnPhase& phase : phases_) {
            phase.offset = offset;
            offset += phase.count * shape_.period;
        }
        for (std::int64_t k = 0; k < shape_.kernel_columns; ++k) {
            const std::int64_t column = k * column_dilation_;
            for (const ColumnPhase& phase : phases_) {
                if (phase.first != column % stride) continue;
                offsets_.push_back(phase.offset + column / stride * shape_.period);
            }
        }
        shape_.row_length = offset + longest_vector;
        const std::int64_t rows = gathered_floats / shape_.row_length / shape_.row_stride;
        shape_.gathered_rows = std::max(rows / block_rows(), std::int64_t{1}) * block_rows();
        shape_.gathered_rows = std::min(shape_.gathered_rows, shape_.dst_rows);
    }
    zero_row_.assign(static_cast<std::size_t>(shape_.row_length), 0.0f);
    shape_.zero_row = zero_row_.data();
    shape_.offsets = offsets_.data();
    shape_.phases = phases_.data();
    shape_.phase_count = static_cast<std::int64_t>(phases_.size());
}

std::string PlanarConvolution::name() const {
    return "planar:" + std::string(kernels_->name) + " " + std::to_string(shape_.kernel_rows) +
           "x" + std::to_string(shape_.kernel_columns);
}

bool PlanarConvolution::pack(const TensorView& weights, const TensorView& bias,
                             float* packed) const {
    const std::int64_t multiplier = weights.shape[1];
    const bool planes = shape_.period == 1;
    bool finite = true;
    for (std::int64_t c = 0; c < channels_; ++c) {
        const float* const kernel = weights.floats() + c / multiplier * weights.strides[0] +
                                    c % multiplier * weights.strides[1];
        float* to = packed + c * (planes ? shape_.kernel_rows * shape_.kernel_columns : 1);
        for (std::int64_t j = 0; j < shape_.kernel_columns; ++j) {
            for (std::int64_t i = 0; i < shape_.kernel_rows; ++i, to += shape_.weights_pitch) {
                *to = kernel[i * weights.strides[2] + j * weights.strides[3]];
                finite = finite && std::isfinite(*to);
            }
        }
    }
    float* const to = packed + bias_offset_;
    for (std::int64_t c = 0; c < channels_; ++c) {
        to[c] = bias.data == nullptr ? 0.0f : bias.floats()[c * bias.strides[0]];
    }
    if (planes) return finite;
    // A vector may begin at any channel: what it reads beyond the last one begins anew.
    for (float* row = packed; row <= to; row += shape_.weights_pitch) {
        for (std::int64_t i = 0; i < longest_vector; ++i) row[channels_ + i] = row[i];
    }
    return finite;
}

std::size_t PlanarConvolution::scratch_size() const noexcept {
    if (!shape_.gathered) return 0;
    const std::int64_t rows = (shape_.gathered_rows - 1) * shape_.row_stride +
                              (shape_.kernel_rows - 1) * shape_.row_dilation + 1;
    return static_cast<std::size_t>(std::min(rows, shape_.src_rows) * shape_.row_length);
}

std::size_t PlanarConvolution::pointer_count() const noexcept {
    // Shared rows are fewer but for kernels of a single row with a stride, which share none.
    return static_cast<std::size_t>(shape_.kernel_rows * most_rows);
}

const float* PlanarConvolution::weights_of(const PlanarPart& part) const {
    return part.packed + part.channel * shape_.kernel_rows * shape_.kernel_columns;
}

const float* PlanarConvolution::bias_of(const PlanarPart& part) const {
    return part.packed + bias_offset_ + part.channel;
}

void PlanarConvolution::run(const PlanarPart& part, PlanarScratch& scratch) const {
    kernels_->run(shape_, {part.src, part.dst, weights_of(part), bias_of(part), part.row_begin,
                           part.row_end, part.dst_end, scratch.gathered, scratch.pointers.data()});
}

void PlanarConvolution::run_exactly(const PlanarPart& part) const {
    const float* const bias = bias_of(part);
    for (std::int64_t row = part.row_begin; row < part.row_end; ++row) {
        for (std::int64_t i = 0; i < shape_.dst_pitch; ++i) {
            const std::int64_t channel = i % shape_.period;
            const float* tap = weights_of(part) + channel;
            double sum = bias[channel];
            for (std::int64_t k = 0; k < shape_.kernel_columns; ++k) {
                const std::int64_t x = i / shape_.period * shape_.column_stride -
                                       shape_.column_padding + k * column_dilation_;
                for (std::int64_t t = 0; t < shape_.kernel_rows; ++t, tap += shape_.weights_pitch) {
                    const std::int64_t y =
                        row * shape_.row_stride - shape_.row_padding + t * shape_.row_dilation;
                    if (x < 0 || x >= shape_.src_columns || y < 0 || y >= shape_.src_rows) continue;
                    const std::int64_t at = y * shape_.src_pitch + x * shape_.src_channels +
                                            channel / shape_.multiplier;
                    sum += double{part.src[at]} * double{*tap};
                }
            }
            part.dst[row * shape_.dst_pitch + i] = static_cast<float>(shape_.activation(sum));
        }
    }
}

}  // namespace dwconv::simd
