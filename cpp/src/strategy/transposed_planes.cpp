#include <algorithm>

#include "finite.hpp"
#include "onednn/library.hpp"
#include "onednn/scratch.hpp"
#include "parallel.hpp"
#include "simd/transposed.hpp"
#include "strategy/plane_tiles.hpp"
#include "strategy/transposed.hpp"
#include "strategy/transposed_bands.hpp"
#include "strategy/transposed_taps.hpp"
#include "strategy/with_depth.hpp"

namespace dwconv::strategy {

namespace {

struct Buffers {
    onednn::ScratchBuffer src;   ///< a band of the source between zeros
    onednn::ScratchBuffer dst;   ///< a band of the result that is to be scattered
    onednn::ScratchBuffer line;  ///< a phase of a row
};

class TransposedPlanes final : public Strategy {
public:
    explicit TransposedPlanes(const TransposedRequest& request)
        : request_(with_depth(request)),
          kernels_(simd::transposed_kernels_for(onednn::simd_level())),
          activation_(request.request.problem.activation),
          taps_(request_),
          bands_(request_, taps_, kernels_.lanes),
          tiles_({request.request.problem.batch * request.dst_channels() * depth(), height(),
                  taps_.rows.stride, bands_.most_rows(), request.work()},
                 request.request.threads) {
        bands_.set_rows(tiles_.band());
    }

    StrategyKind kind() const noexcept override { return StrategyKind::planar; }
    bool needs_its_orders() const noexcept override { return false; }
    std::string implementation() const override {
        return std::string("planar:transposed:") + kernels_.name;
    }
    std::size_t packed_size() const noexcept override {
        return static_cast<std::size_t>(request_.dst_channels() * (taps_.count() + 1));
    }

    /// The taps of each channel, then the biases.
    PackedWeights pack(const TensorView& given, const TensorView& bias,
                       float* packed) const override {
        const TensorView weights = with_depth(given);
        float* to = packed;
        const std::int64_t apart = request_.sums() ? 1 : request_.request.problem.multiplier;
        for (std::int64_t c = 0; c < request_.dst_channels(); ++c, to += taps_.count()) {
            taps_.pack(
                weights,
                weights.floats() + c / apart * weights.strides[0] + c % apart * weights.strides[1],
                to);
        }
        const bool finite = all_finite(packed, to - packed);
        for (std::int64_t c = 0; c < request_.dst_channels(); ++c) {
            *to++ = bias.data == nullptr ? 0.0f : bias.floats()[c * bias.strides[0]];
        }
        return {packed, finite};
    }

    void run(const TensorView& given_src, const PackedWeights& weights,
             const MutableTensorView& given_dst) const override {
        const TensorView src = with_depth(given_src);
        const MutableTensorView dst = with_depth(given_dst);
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
    std::int64_t depth() const { return request_.request.problem.spatial[0]; }
    std::int64_t height() const { return request_.request.problem.spatial[1]; }
    std::int64_t width() const { return request_.request.problem.spatial[2]; }

    /// A plane of the result, the first channel that it is made of, and where its weights are.
    struct Plane {
        const float* src;
        float* dst;
        std::int64_t channel;
        std::int64_t depth;
    };
    Plane plane(const TensorView& src, const MutableTensorView& dst, std::int64_t index) const {
        const std::int64_t volume = index / depth();
        const std::int64_t z = index % depth();
        const std::int64_t n = volume / request_.dst_channels();
        const std::int64_t c = volume % request_.dst_channels();
        const std::int64_t from =
            request_.sums() ? c * taps_.members : c / request_.request.problem.multiplier;
        return {src.floats() + n * src.strides[0] + from * src.strides[1],
                dst.floats() + n * dst.strides[0] + c * dst.strides[1] + z * dst.strides[2], c, z};
    }

    void run_tile(const TensorView& src, const float* packed, const MutableTensorView& dst,
                  const PlanePart& part, Buffers& buffers) const {
        const std::int64_t band = part.row_end - part.row;
        float* const padded = buffers.src.reserve(bands_.size());
        // What is outside the source is so for all planes of the tile.
        std::fill_n(padded, bands_.size(), 0.0f);
        const bool in_place = dst.strides[4] == 1;
        const std::int64_t dst_pitch = in_place ? dst.strides[3] : width();
        float* const made =
            in_place ? nullptr : buffers.dst.reserve(static_cast<std::size_t>(band * width()));

        simd::TransposedRows rows = {};
        rows.src = padded;
        rows.pitch = bands_.pitch();
        rows.offsets = bands_.offsets().data();
        rows.row_stride = taps_.rows.stride;
        rows.column_stride = taps_.columns.stride;
        rows.column_phases = taps_.columns.count();
        rows.begin = part.row;
        rows.end = part.row_end;
        rows.columns = width();
        rows.activation = &activation_;
        rows.dst_pitch = dst_pitch;
        rows.line = buffers.line.reserve(static_cast<std::size_t>(bands_.pitch()));
        const float* filled_from = nullptr;
        std::int64_t filled_step = 0;
        for (std::int64_t index = part.plane; index < part.plane_end; ++index) {
            const Plane at = plane(src, dst, index);
            const std::int64_t step = at.depth / taps_.depths.stride;
            // Planes whose depths differ by less than a stride share what they read, and so do the
            // channels of a multiplier.
            if (at.src != filled_from || step != filled_step) {
                bands_.fill(src, at.src, step, part, padded);
                filled_from = at.src;
                filled_step = step;
            }
            rows.first = taps_.first.data() + taps_.plane_phase(at.depth);
            rows.weights = packed + at.channel * taps_.count();
            rows.bias = bias_of(packed, at.channel);
            rows.dst = in_place ? at.dst + part.row * dst_pitch : made;
            rows.dst_end = dst_pitch == width()
                               ? rows.dst + band * width()
                               // Nowhere: rows may lie apart, or upwards.
                               : std::min(rows.dst, rows.dst + (band - 1) * dst_pitch);
            kernels_.rows(rows);
            if (!in_place) scatter(made, part, dst, at.dst);
        }
    }

    float bias_of(const float* packed, std::int64_t channel) const {
        return packed[request_.dst_channels() * taps_.count() + channel];
    }

    void scatter(const float* made, const PlanePart& part, const MutableTensorView& dst,
                 float* to) const {
        for (std::int64_t row = part.row; row < part.row_end; ++row) {
            float* const line = to + row * dst.strides[3];
            for (std::int64_t x = 0; x < width(); ++x) line[x * dst.strides[4]] = *made++;
        }
    }

    /// For weights that are not finite, which must not meet a zero that stands for nothing.
    void run_exactly(const TensorView& src, const float* packed, const MutableTensorView& dst,
                     const PlanePart& part) const {
        for (std::int64_t index = part.plane; index < part.plane_end; ++index) {
            const Plane at = plane(src, dst, index);
            const float* const weights = packed + at.channel * taps_.count();
            for (std::int64_t y = part.row; y < part.row_end; ++y) {
                for (std::int64_t x = 0; x < width(); ++x) {
                    const float sum = bias_of(packed, at.channel) +
                                      taps_.exact_sum(src, at.src, weights, {at.depth, y, x});
                    at.dst[y * dst.strides[3] + x * dst.strides[4]] =
                        static_cast<float>(activation_.activation(sum));
                }
            }
        }
    }

    TransposedRequest request_;  ///< in three dimensions
    const simd::TransposedKernels& kernels_;
    simd::FusedActivation activation_;
    TransposedTaps taps_;
    TransposedBands bands_;
    PlaneTiles tiles_;
};

}  // namespace

std::unique_ptr<const Strategy> make_transposed_planes(const TransposedRequest& request) {
    return std::make_unique<TransposedPlanes>(request);
}

}  // namespace dwconv::strategy
