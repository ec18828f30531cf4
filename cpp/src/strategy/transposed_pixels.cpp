#include <vector>

#include "dwconv/errors.hpp"
#include "onednn/library.hpp"
#include "onednn/scratch.hpp"
#include "parallel.hpp"
#include "simd/transposed.hpp"
#include "strategy/pixel_planes.hpp"
#include "strategy/plane_tiles.hpp"
#include "strategy/transposed.hpp"
#include "strategy/with_depth.hpp"

namespace dwconv::strategy {

namespace {

struct Buffers {
    onednn::ScratchBuffer src;  ///< rows of the source, each channel repeated
    onednn::ScratchBuffer dst;  ///< a row of the result, channels of the multiplier apart
    std::vector<PixelPlane> planes;
    std::vector<const float*> src_rows;
    std::vector<const float*> weight_rows;
};

class TransposedPixels final : public Strategy {
public:
    explicit TransposedPixels(const TransposedRequest& request)
        : request_(with_depth(request)),
          kernels_(simd::transposed_kernels_for(onednn::simd_level())),
          activation_(request.request.problem.activation),
          multiplier_(request.request.problem.multiplier),
          depths_(request_.axis(0)),
          rows_(request_.axis(1)),
          columns_(request_.axis(2)),
          planes_(request_, depths_, rows_),
          tiles_({request.request.problem.batch * depth(), height(), 1, height(), request.work()},
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
    bool needs_its_orders() const noexcept override { return true; }
    std::string implementation() const override {
        return std::string("planar:transposed:nhwc:") + kernels_.name;
    }
    std::size_t packed_size() const noexcept override {
        return static_cast<std::size_t>(channels() * (kernel_taps() + 1));
    }

    /// {kernel…, channels · multiplier}, then the biases.
    PackedWeights pack(const TensorView& given, const TensorView& bias,
                       float* packed) const override {
        const TensorView weights = with_depth(given);
        const Dims& strides = weights.strides;
        const Dims& kernel = request_.request.problem.kernel;
        float* to = packed;
        for (std::int64_t tap = 0; tap < kernel_taps(); ++tap) {
            const float* const from = weights.floats() + tap / kernel[2] / kernel[1] * strides[2] +
                                      tap / kernel[2] % kernel[1] * strides[3] +
                                      tap % kernel[2] * strides[4];
            for (std::int64_t c = 0; c < weights.shape[0]; ++c) {
                for (std::int64_t m = 0; m < multiplier_; ++m) {
                    *to++ = from[c * strides[0] + m * strides[1]];
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
                for (std::int64_t i = part.plane; i < part.plane_end; ++i) {
                    run_band(src.floats() + i / depth() * request_.input[0] * src_plane(),
                             weights.data, dst.floats() + i * height() * dst_row(), i % depth(),
                             part, buffers);
                }
            }
        });
    }

private:
    std::int64_t channels() const noexcept { return request_.all_channels(); }
    std::int64_t depth() const noexcept { return request_.request.problem.spatial[0]; }
    std::int64_t height() const noexcept { return request_.request.problem.spatial[1]; }
    std::int64_t width() const noexcept { return request_.request.problem.spatial[2]; }
    std::int64_t kernel_taps() const noexcept {
        return element_count(request_.request.problem.kernel);
    }
    std::int64_t src_row() const noexcept { return request_.input[2] * request_.src_channels(); }
    std::int64_t src_plane() const noexcept { return request_.input[1] * src_row(); }
    std::int64_t dst_row() const noexcept { return width() * request_.dst_channels(); }
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

    /// Rows `part.row` to `part.row_end` of the plane `dst`, at depth `z` of its volume, of the
    /// volume `src`.
    void run_band(const float* src, const float* packed, float* dst, std::int64_t z,
                  const PlanePart& part, Buffers& buffers) const {
        planes_.find(src, z, part, buffers.src, buffers.planes);
        const Dims& kernel = request_.request.problem.kernel;
        const std::int64_t pitch = request_.input[2] * channels();
        simd::TransposedPixels pixels = {};
        pixels.src_offsets = src_offsets_.data();
        pixels.weight_offsets = weight_offsets_.data();
        pixels.first = first_.data();
        pixels.columns = width();
        pixels.channels = channels();
        pixels.bias = request_.request.problem.bias ? packed + kernel_taps() * channels() : nullptr;
        pixels.activation = &activation_;
        for (std::int64_t y = part.row; y < part.row_end; ++y) {
            buffers.src_rows.clear();
            buffers.weight_rows.clear();
            for (const PixelPlane& plane : buffers.planes) {
                for (const PhaseTap& tap : rows_.of(y)) {
                    const std::int64_t row = rows_.output(y, tap);
                    if (row < 0) continue;
                    buffers.src_rows.push_back(plane.rows + (row - plane.first_row) * pitch);
                    buffers.weight_rows.push_back(packed + (plane.tap * kernel[1] + tap.tap) *
                                                               kernel[2] * channels());
                }
            }
            pixels.src = buffers.src_rows.data();
            pixels.weights = buffers.weight_rows.data();
            pixels.rows = static_cast<std::int64_t>(buffers.src_rows.size());
            float* const row = dst + y * dst_row();
            pixels.dst =
                sums() ? buffers.dst.reserve(static_cast<std::size_t>(width() * channels())) : row;
            kernels_.pixels(pixels);
            if (sums()) sum_members(pixels.dst, row);
        }
    }

    void sum_members(const float* apart, float* row) const {
        for (std::int64_t i = 0; i < dst_row(); ++i) {
            float sum = 0.0f;
            for (std::int64_t m = 0; m < multiplier_; ++m) sum += *apart++;
            row[i] = sum;
        }
    }

    TransposedRequest request_;  ///< in three dimensions
    const simd::TransposedKernels& kernels_;
    simd::FusedActivation activation_;
    std::int64_t multiplier_;
    AxisPhases depths_;
    AxisPhases rows_;
    AxisPhases columns_;
    PixelPlanes planes_;
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
