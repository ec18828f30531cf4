#include <algorithm>
#include <vector>

#include "ceil_div.hpp"
#include "dwconv/errors.hpp"
#include "onednn/library.hpp"
#include "onednn/scratch.hpp"
#include "parallel.hpp"
#include "simd/transposed.hpp"
#include "strategy/plane_tiles.hpp"
#include "strategy/transposed.hpp"

namespace dwconv::strategy {

namespace {

struct Buffers {
    onednn::ScratchBuffer src;  ///< rows of the source, each channel repeated
    onednn::ScratchBuffer dst;  ///< a row of the result, channels of the multiplier apart
    std::vector<const float*> src_rows;
    std::vector<const float*> weight_rows;
};

class TransposedPixels final : public Strategy {
public:
    explicit TransposedPixels(const TransposedRequest& request)
        : request_(request),
          kernels_(simd::transposed_kernels_for(onednn::simd_level())),
          activation_(request.request.problem.activation),
          multiplier_(request.request.problem.multiplier),
          rows_(request.axis(0)),
          columns_(request.axis(1)),
          tiles_({request.request.problem.batch, request.request.problem.spatial[0], 1,
                  request.request.problem.spatial[0], request.work()},
                 request.request.threads) {
        if (request.request.src_order != MemoryOrder::channels_last ||
            request.request.dst_order != MemoryOrder::channels_last ||
            request.all_channels() < kernels_.lanes) {
            throw Unsupported({"strategy", "one that can serve this problem",
                               "few channels, or memory that is not channels-last"});
        }
        list_taps();
    }

    StrategyKind kind() const noexcept override { return StrategyKind::planar; }
    std::string implementation() const override {
        return std::string("planar:transposed:nhwc:") + kernels_.name;
    }
    std::size_t packed_size() const noexcept override {
        const Dims& kernel = request_.request.problem.kernel;
        return static_cast<std::size_t>(channels() * (kernel[0] * kernel[1] + 1));
    }

    /// {kernel height, kernel width, channels · multiplier}, then the biases.
    PackedWeights pack(const TensorView& weights, const TensorView& bias,
                       float* packed) const override {
        float* to = packed;
        for (std::int64_t a = 0; a < weights.shape[2]; ++a) {
            for (std::int64_t b = 0; b < weights.shape[3]; ++b) {
                const float* const tap =
                    weights.floats() + a * weights.strides[2] + b * weights.strides[3];
                for (std::int64_t c = 0; c < weights.shape[0]; ++c) {
                    for (std::int64_t m = 0; m < multiplier_; ++m) {
                        *to++ = tap[c * weights.strides[0] + m * weights.strides[1]];
                    }
                }
            }
        }
        for (std::int64_t c = 0; c < channels(); ++c) {
            *to++ = bias.data == nullptr ? 0.0f : bias.floats()[c * bias.strides[0]];
        }
        return {packed, true};
    }

    void run(const TensorView& src, const PackedWeights& weights,
             const MutableTensorView& dst) const override {
        parallel_for(tiles_.count(), request_.request.threads, [&](TileQueue& queue) {
            thread_local Buffers buffers;
            while (const auto tile = queue.next()) {
                const PlanePart part = tiles_.part(*tile);
                for (std::int64_t n = part.plane; n < part.plane_end; ++n) {
                    run_band(src.floats() + n * src_row() * request_.input[0], weights.data,
                             dst.floats() + n * dst_row() * request_.request.problem.spatial[0],
                             part, buffers);
                }
            }
        });
    }

private:
    std::int64_t channels() const noexcept { return request_.all_channels(); }
    std::int64_t width() const noexcept { return request_.request.problem.spatial[1]; }
    std::int64_t src_row() const noexcept { return request_.input[1] * request_.src_channels(); }
    std::int64_t dst_row() const noexcept { return width() * request_.dst_channels(); }
    bool repeats() const noexcept { return multiplier_ > 1 && !request_.sums(); }
    bool sums() const noexcept { return multiplier_ > 1 && request_.sums(); }

    /// The taps that each column meets inside the source.
    void list_taps() {
        for (std::int64_t x = 0; x < width(); ++x) {
            first_.push_back(static_cast<std::int64_t>(src_offsets_.size()));
            for (const PhaseTap& tap : columns_.of(x)) {
                const std::int64_t column = columns_.output(x, tap);
                if (column < 0) continue;
                src_offsets_.push_back(column * channels());
                weight_offsets_.push_back(tap.tap * channels());
            }
        }
        first_.push_back(static_cast<std::int64_t>(src_offsets_.size()));
    }

    /// Rows `part.row` to `part.row_end` of an image.
    void run_band(const float* src, const float* packed, float* dst, const PlanePart& part,
                  Buffers& buffers) const {
        const Dims& kernel = request_.request.problem.kernel;
        std::int64_t first = 0;
        if (repeats()) {
            first = std::max<std::int64_t>(part.row / rows_.stride + rows_.least_offset, 0);
            const std::int64_t end = std::min(
                (part.row_end - 1) / rows_.stride + rows_.largest_offset + 1, request_.input[0]);
            src = repeated(src + first * src_row(), end - first, buffers.src);
        }
        const std::int64_t pitch = request_.input[1] * channels();
        simd::TransposedPixels pixels = {};
        pixels.src_offsets = src_offsets_.data();
        pixels.weight_offsets = weight_offsets_.data();
        pixels.first = first_.data();
        pixels.columns = width();
        pixels.channels = channels();
        pixels.bias =
            request_.request.problem.bias ? packed + kernel[0] * kernel[1] * channels() : nullptr;
        pixels.activation = &activation_;
        for (std::int64_t y = part.row; y < part.row_end; ++y) {
            buffers.src_rows.clear();
            buffers.weight_rows.clear();
            for (const PhaseTap& tap : rows_.of(y)) {
                const std::int64_t row = rows_.output(y, tap);
                if (row < 0) continue;
                buffers.src_rows.push_back(src + (row - first) * pitch);
                buffers.weight_rows.push_back(packed + tap.tap * kernel[1] * channels());
            }
            pixels.src = buffers.src_rows.data();
            pixels.weights = buffers.weight_rows.data();
            pixels.rows = static_cast<std::int64_t>(buffers.src_rows.size());
            float* const row = dst + y * dst_row();
            pixels.dst = sums() ? buffers.dst.reserve(width() * channels()) : row;
            kernels_.pixels(pixels);
            if (sums()) sum_members(pixels.dst, row);
        }
    }

    /// Rows of the source with each channel as often as it is needed.
    const float* repeated(const float* from, std::int64_t rows,
                          onednn::ScratchBuffer& buffer) const {
        const std::int64_t count = std::max<std::int64_t>(rows, 0) * src_row();
        float* const made = buffer.reserve(count * multiplier_);
        float* to = made;
        for (std::int64_t i = 0; i < count; ++i) {
            for (std::int64_t m = 0; m < multiplier_; ++m) *to++ = from[i];
        }
        return made;
    }

    void sum_members(const float* apart, float* row) const {
        for (std::int64_t i = 0; i < dst_row(); ++i) {
            float sum = 0.0f;
            for (std::int64_t m = 0; m < multiplier_; ++m) sum += *apart++;
            row[i] = sum;
        }
    }

    TransposedRequest request_;
    const simd::TransposedKernels& kernels_;
    simd::FusedActivation activation_;
    std::int64_t multiplier_;
    AxisPhases rows_;
    AxisPhases columns_;
    PlaneTiles tiles_;
    std::vector<std::int64_t> first_;
    std::vector<std::int64_t> src_offsets_;
    std::vector<std::int64_t> weight_offsets_;
};

}  // namespace

std::unique_ptr<const Strategy> make_transposed_pixels(const TransposedRequest& request) {
    return std::make_unique<TransposedPixels>(request);
}

}  // namespace dwconv::strategy
