#include "onednn/weights_format.hpp"

#include <algorithm>

namespace dwconv::onednn {

namespace {

/// The weights as rows of taps, one per output channel.
class ChannelRows {
public:
    explicit ChannelRows(const TensorView& weights) : weights_(weights) {}

    const float* tap(std::int64_t channel, std::int64_t row, std::int64_t column) const {
        const std::int64_t multiplier = weights_.shape[1];
        const Dims& stride = weights_.strides;
        return weights_.floats() + channel / multiplier * stride[0] +
               channel % multiplier * stride[1] + row * stride[2] + column * stride[3];
    }

    /// The distance from one output channel to the next, where it is the same for all.
    std::optional<std::int64_t> channel_stride() const {
        const Dims& stride = weights_.strides;
        if (weights_.shape[1] == 1) return stride[0];
        if (weights_.shape[0] == 1 || stride[0] == stride[1] * weights_.shape[1]) return stride[1];
        return std::nullopt;
    }

    std::int64_t tap_stride() const { return weights_.strides[3]; }
    /// The same distance from tap to tap in all of a kernel.
    bool rows_follow_rows() const {
        return weights_.strides[2] == weights_.shape[3] * weights_.strides[3];
    }

private:
    const TensorView& weights_;
};

/// The channels of a slice that lie side by side in the packed weights: one block, or all of them
/// where the blocks of a tap follow one another.
struct Run {
    std::int64_t begin;
    std::int64_t end;
    float* packed;
};

template <class Visit>
void for_each_run(const WeightsSlice& slice, const WeightsFormat& format, float* packed,
                  Visit visit) {
    const bool contiguous = format.block_stride == format.block;
    const std::int64_t step = contiguous ? slice.channel_end - slice.channel_begin : format.block;
    for (std::int64_t begin = slice.channel_begin; begin < slice.channel_end; begin += step) {
        visit(Run{begin, std::min(begin + step, slice.channel_end), packed});
        packed += format.block_stride;
    }
}

}  // namespace

std::optional<WeightsFormat> WeightsFormat::of(const dnnl::memory::desc& weights) {
    const auto dims = weights.get_dims();
    const auto blocks = weights.get_inner_blks();
    const auto indices = weights.get_inner_idxs();
    const bool depthwise = dims.size() == 5 && dims[1] == 1 && dims[2] == 1;
    if (!depthwise || weights.get_format_kind() != dnnl::memory::format_kind::blocked ||
        blocks.size() != 1 || indices[0] != 0) {
        return std::nullopt;
    }
    const auto strides = weights.get_strides();
    return WeightsFormat{blocks[0], strides[0], strides[3], strides[4]};
}

void pack_weights(const TensorView& weights, const WeightsSlice& slice, const WeightsFormat& format,
                  simd::Transpose transpose, float* packed) {
    const ChannelRows rows(weights);
    const auto channel_stride = rows.channel_stride();
    std::int64_t taps = slice.tap_end[1] - slice.tap_begin[1];
    std::int64_t row_end = slice.tap_end[0];
    if (taps == weights.shape[3] && rows.rows_follow_rows() &&
        format.row_stride == taps * format.tap_stride) {
        // All rows as one: longer rows are faster to transpose.
        taps *= row_end - slice.tap_begin[0];
        row_end = slice.tap_begin[0] + 1;
    }
    const bool by_rows = channel_stride && (rows.tap_stride() == 1 || taps == 1);
    for_each_run(slice, format, packed, [&](const Run& run) {
        const std::int64_t channels = run.end - run.begin;
        const std::int64_t lanes = (channels + format.block - 1) / format.block * format.block;
        for (std::int64_t kh = slice.tap_begin[0]; kh < row_end; ++kh) {
            float* const row = run.packed + (kh - slice.tap_begin[0]) * format.row_stride;
            if (by_rows) {
                transpose(rows.tap(run.begin, kh, slice.tap_begin[1]), *channel_stride, row,
                          format.tap_stride, channels, taps);
            }
            for (std::int64_t tap = 0; tap < taps; ++tap) {
                float* const lane = row + tap * format.tap_stride;
                for (std::int64_t c = 0; !by_rows && c < channels; ++c) {
                    lane[c] = *rows.tap(run.begin + c, kh, slice.tap_begin[1] + tap);
                }
                std::fill(lane + channels, lane + lanes, 0.0f);
            }
        }
    });
}

}  // namespace dwconv::onednn
