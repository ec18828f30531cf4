#include <algorithm>
#include <vector>

#include "ceil_div.hpp"
#include "finite.hpp"
#include "onednn/library.hpp"
#include "onednn/scratch.hpp"
#include "parallel.hpp"
#include "simd/transposed.hpp"
#include "strategy/plane_tiles.hpp"
#include "strategy/transposed.hpp"

namespace dwconv::strategy {

namespace {

/// Floats of a band of sources, which is read once for each tap, as they fit into a second-level
/// cache beside what is made of them.
constexpr std::int64_t most_floats = 32 * 1024;

struct Buffers {
    onednn::ScratchBuffer src;   ///< a band of the source between zeros
    onednn::ScratchBuffer dst;   ///< a band of the result that is to be scattered
    onednn::ScratchBuffer line;  ///< a phase of a row
};

/// A weight, and what it is multiplied by.
struct Tap {
    std::int64_t member;  ///< channel of the multiplier, where they are summed
    PhaseTap row;
    PhaseTap column;
};

class TransposedPlanes final : public Strategy {
public:
    explicit TransposedPlanes(const TransposedRequest& request)
        : request_(request),
          kernels_(simd::transposed_kernels_for(onednn::simd_level())),
          activation_(request.request.problem.activation),
          members_(request.sums() ? request.request.problem.multiplier : 1),
          rows_(request.axis(0)),
          columns_(request.axis(1)),
          pitch_(columns_.largest_offset - columns_.least_offset +
                 ceil_div(ceil_div(width(), columns_.stride), kernels_.lanes) * kernels_.lanes),
          tiles_({request.request.problem.batch * request.dst_channels(), height(), rows_.stride,
                  most_rows(), request.work()},
                 request.request.threads),
          plane_size_(src_rows(tiles_.band()) * pitch_) {
        list_taps();
    }

    StrategyKind kind() const noexcept override { return StrategyKind::planar; }
    std::string implementation() const override {
        return std::string("planar:transposed:") + kernels_.name;
    }
    std::size_t packed_size() const noexcept override {
        return static_cast<std::size_t>(request_.dst_channels()) * (taps_.size() + 1);
    }

    /// The taps of each channel in the order of `taps_`, then the biases.
    PackedWeights pack(const TensorView& weights, const TensorView& bias,
                       float* packed) const override {
        float* to = packed;
        const std::int64_t apart = request_.sums() ? 1 : request_.request.problem.multiplier;
        for (std::int64_t c = 0; c < request_.dst_channels(); ++c) {
            const float* const kernel =
                weights.floats() + c / apart * weights.strides[0] + c % apart * weights.strides[1];
            for (const Tap& tap : taps_) {
                *to++ = kernel[tap.member * weights.strides[1] + tap.row.tap * weights.strides[2] +
                               tap.column.tap * weights.strides[3]];
            }
        }
        const bool finite = all_finite(packed, to - packed);
        for (std::int64_t c = 0; c < request_.dst_channels(); ++c) {
            *to++ = bias.data == nullptr ? 0.0f : bias.floats()[c * bias.strides[0]];
        }
        return {packed, finite};
    }

    void run(const TensorView& src, const PackedWeights& weights,
             const MutableTensorView& dst) const override {
        parallel_for(tiles_.count(), request_.request.threads, [&](TileQueue& queue) {
            thread_local Buffers buffers;
            while (const auto tile = queue.next()) {
                const PlanePart part = tiles_.part(*tile);
                if (weights.finite) {
                    run_tile(src, weights.data, dst, part, buffers);
                } else {
                    run_exactly(src, weights.data, dst, part);
                }
            }
        });
    }

private:
    std::int64_t height() const { return request_.request.problem.spatial[0]; }
    std::int64_t width() const { return request_.request.problem.spatial[1]; }

    /// Rows of the source that a band of the result is made of.
    std::int64_t src_rows(std::int64_t band) const {
        return ceil_div(band, rows_.stride) + rows_.largest_offset - rows_.least_offset;
    }
    std::int64_t most_rows() const {
        const std::int64_t halo = rows_.largest_offset - rows_.least_offset;
        const std::int64_t fit = most_floats / (pitch_ * members_) - halo;
        // Not much less than the rows that it shares with its neighbours.
        return std::max({fit, 2 * halo, std::int64_t{4}}) * rows_.stride;
    }

    void list_taps() {
        for (const auto& row_phase : rows_.phases) {
            for (const auto& column_phase : columns_.phases) {
                first_.push_back(static_cast<std::int64_t>(taps_.size()));
                for (std::int64_t member = 0; member < members_; ++member) {
                    for (const PhaseTap& row : row_phase) {
                        for (const PhaseTap& column : column_phase) {
                            taps_.push_back({member, row, column});
                            offsets_.push_back(member * plane_size_ +
                                               (row.offset - rows_.least_offset) * pitch_ +
                                               column.offset - columns_.least_offset);
                        }
                    }
                }
            }
        }
        first_.push_back(static_cast<std::int64_t>(taps_.size()));
    }

    /// Source and result of a plane, and where its weights are.
    struct Plane {
        const float* src;
        float* dst;
        std::int64_t channel;
    };
    Plane plane(const TensorView& src, const MutableTensorView& dst, std::int64_t index) const {
        const std::int64_t n = index / request_.dst_channels();
        const std::int64_t c = index % request_.dst_channels();
        const std::int64_t from =
            request_.sums() ? c * members_ : c / request_.request.problem.multiplier;
        return {src.floats() + n * src.strides[0] + from * src.strides[1],
                dst.floats() + n * dst.strides[0] + c * dst.strides[1], c};
    }

    void run_tile(const TensorView& src, const float* packed, const MutableTensorView& dst,
                  const PlanePart& part, Buffers& buffers) const {
        const std::int64_t band = part.row_end - part.row;
        const auto src_size = static_cast<std::size_t>(members_ * plane_size_);
        float* const padded = buffers.src.reserve(src_size);
        // What is outside the source is so for all planes of the tile.
        std::fill_n(padded, src_size, 0.0f);
        const bool in_place = dst.strides[3] == 1;
        const std::int64_t dst_pitch = in_place ? dst.strides[2] : width();
        float* const made = in_place ? nullptr : buffers.dst.reserve(band * width());
        const auto entries = static_cast<std::int64_t>(taps_.size());

        simd::TransposedRows rows = {};
        rows.src = padded;
        rows.pitch = pitch_;
        rows.offsets = offsets_.data();
        rows.first = first_.data();
        rows.row_stride = rows_.stride;
        rows.column_stride = columns_.stride;
        rows.column_phases = columns_.count();
        rows.begin = part.row;
        rows.end = part.row_end;
        rows.columns = width();
        rows.activation = &activation_;
        rows.dst_pitch = dst_pitch;
        rows.line = buffers.line.reserve(pitch_);
        for (std::int64_t index = part.plane; index < part.plane_end; ++index) {
            const Plane at = plane(src, dst, index);
            copy_source(src, at.src, part, padded);
            rows.weights = packed + at.channel * entries;
            rows.bias = packed[request_.dst_channels() * entries + at.channel];
            rows.dst = in_place ? at.dst + part.row * dst_pitch : made;
            rows.dst_end = dst_pitch == width() ? rows.dst + band * width() : rows.dst;
            kernels_.rows(rows);
            if (!in_place) scatter(made, part, dst, at.dst);
        }
    }

    /// The rows that a band is made of, to their places between the zeros.
    void copy_source(const TensorView& src, const float* from, const PlanePart& part,
                     float* padded) const {
        const std::int64_t first = part.row / rows_.stride + rows_.least_offset;
        const std::int64_t begin = std::max<std::int64_t>(first, 0);
        const std::int64_t end =
            std::min(first + src_rows(part.row_end - part.row), request_.input[0]);
        const std::int64_t column = std::max<std::int64_t>(columns_.least_offset, 0);
        const std::int64_t column_end = std::min(columns_.least_offset + pitch_, request_.input[1]);
        const std::int64_t count = column_end - column;
        const std::int64_t step = src.strides[3];
        for (std::int64_t member = 0; member < members_; ++member) {
            for (std::int64_t row = begin; row < end; ++row) {
                const float* const line =
                    from + member * src.strides[1] + row * src.strides[2] + column * step;
                float* const to = padded + member * plane_size_ + (row - first) * pitch_ + column -
                                  columns_.least_offset;
                if (step == 1) {
                    for (std::int64_t i = 0; i < count; ++i) to[i] = line[i];
                } else {
                    for (std::int64_t i = 0; i < count; ++i) to[i] = line[i * step];
                }
            }
        }
    }

    void scatter(const float* made, const PlanePart& part, const MutableTensorView& dst,
                 float* to) const {
        for (std::int64_t row = part.row; row < part.row_end; ++row) {
            float* const line = to + row * dst.strides[2];
            for (std::int64_t x = 0; x < width(); ++x) line[x * dst.strides[3]] = *made++;
        }
    }

    /// For weights that are not finite, which must not meet a zero that stands for nothing.
    void run_exactly(const TensorView& src, const float* packed, const MutableTensorView& dst,
                     const PlanePart& part) const {
        const auto entries = static_cast<std::int64_t>(taps_.size());
        for (std::int64_t index = part.plane; index < part.plane_end; ++index) {
            const Plane at = plane(src, dst, index);
            const float* const weights = packed + at.channel * entries;
            const float bias = packed[request_.dst_channels() * entries + at.channel];
            for (std::int64_t y = part.row; y < part.row_end; ++y) {
                for (std::int64_t x = 0; x < width(); ++x) {
                    const float sum = bias + exact_sum(src, at.src, weights, y, x);
                    at.dst[y * dst.strides[2] + x * dst.strides[3]] =
                        static_cast<float>(activation_.activation(sum));
                }
            }
        }
    }

    float exact_sum(const TensorView& src, const float* from, const float* weights, std::int64_t y,
                    std::int64_t x) const {
        const auto phase =
            static_cast<std::size_t>(y % rows_.stride * columns_.count() + x % columns_.stride);
        float sum = 0.0f;
        for (std::int64_t t = first_[phase]; t < first_[phase + 1]; ++t) {
            const Tap& tap = taps_[static_cast<std::size_t>(t)];
            const std::int64_t row = rows_.output(y, tap.row);
            const std::int64_t column = columns_.output(x, tap.column);
            if (row < 0 || column < 0) continue;
            sum +=
                weights[t] *
                from[tap.member * src.strides[1] + row * src.strides[2] + column * src.strides[3]];
        }
        return sum;
    }

    TransposedRequest request_;
    const simd::TransposedKernels& kernels_;
    simd::FusedActivation activation_;
    std::int64_t members_;  ///< channels of the source that are summed to one
    AxisPhases rows_;
    AxisPhases columns_;
    std::int64_t pitch_;  ///< of a row of the source between zeros
    PlaneTiles tiles_;
    std::int64_t plane_size_;
    std::vector<Tap> taps_;  ///< phase after phase
    std::vector<std::int64_t> offsets_;
    std::vector<std::int64_t> first_;
};

}  // namespace

std::unique_ptr<const Strategy> make_transposed_planes(const TransposedRequest& request) {
    return std::make_unique<TransposedPlanes>(request);
}

}  // namespace dwconv::strategy
