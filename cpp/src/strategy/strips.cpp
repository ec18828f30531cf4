#include "strategy/strips.hpp"

#include <algorithm>

#include "ceil_div.hpp"
#include "finite.hpp"
#include "onednn/library.hpp"
#include "onednn/scratch.hpp"
#include "parallel.hpp"
#include "simd/streaming.hpp"
#include "simd/strip.hpp"
#include "strategy/cache_line.hpp"
#include "strategy/tile_grid.hpp"

namespace dwconv::strategy {

namespace {

constexpr std::int64_t taps = 9;
/// Weights of the 1×1 half up to here stay in the first-level cache beside a strip.
constexpr std::int64_t most_weights = 64 * 64;
/// Floats of the depthwise result of a strip, which do, too.
constexpr std::int64_t strip_floats = 2304;
constexpr std::int64_t tiles_per_thread = 8;

const simd::StripKernels* kernels_for(const SeparableRequest& request) {
    return simd::strip_kernels_for(onednn::simd_level(), request.pointwise.channels,
                                   request.pointwise.out_channels());
}

class Strips final : public Separable {
public:
    explicit Strips(const SeparableRequest& request)
        : kernels_(*kernels_for(request)),
          depthwise_(request.depthwise.problem),
          threads_(request.depthwise.threads),
          height_(request.pointwise.spatial[0]),
          width_(request.pointwise.spatial[1]),
          channels_(request.pointwise.channels),
          outputs_(request.pointwise.out_channels()),
          between_(depthwise_.activation),
          after_(request.pointwise.activation),
          bias_offset_(taps * channels_),
          mix_offset_(static_cast<std::int64_t>(
              rounded_to_line(static_cast<std::size_t>(bias_offset_ + channels_)))),
          mix_bias_offset_(channels_ * outputs_),
          is_large_(simd::is_beyond_caches(request.pointwise.dst_shape())) {
        const std::int64_t most = strip_floats / (simd::strip_rows * channels_);
        pixels_ = std::max(most / kernels_.pixels, std::int64_t{1}) * kernels_.pixels;
        const std::int64_t wanted = threads_ == 1 ? 1 : threads_ * tiles_per_thread;
        const std::int64_t rows =
            ceil_div(std::max<std::int64_t>(depthwise_.batch, 1) * height_, wanted);
        tile_rows_ = std::min(ceil_div(rows, simd::strip_rows) * simd::strip_rows, height_);
    }

    StrategyKind kind() const noexcept override { return StrategyKind::fused; }
    std::string implementation() const override {
        return "strip:" + std::string(kernels_.name) + " 3x3";
    }
    std::size_t packed_size() const noexcept override {
        return static_cast<std::size_t>(mix_offset_ + mix_bias_offset_ + outputs_);
    }

    PackedSeparable pack(const SeparableViews& weights, float* packed) const override {
        return {pack_depthwise(weights, packed), pack_pointwise(weights, packed + mix_offset_), {}};
    }

    void run(const TensorView& src, const PackedSeparable& weights,
             const MutableTensorView& dst) const override {
        const std::int64_t chunks = ceil_div(height_, tile_rows_);
        const Call call = {src.floats(), dst.floats(), &weights, streams_to(dst)};
        parallel_for(depthwise_.batch * chunks, threads_, [&](TileQueue& queue) {
            while (const auto tile = queue.next()) {
                const std::int64_t first = *tile % chunks * tile_rows_;
                const std::int64_t end = std::min(first + tile_rows_, height_);
                for (std::int64_t row = first; row < end; row += simd::strip_rows) {
                    run_rows(call, *tile / chunks, row);
                }
            }
            if (call.streams) simd::finish_streaming();
        });
    }

private:
    struct Call {
        const float* src;
        float* dst;
        const PackedSeparable* weights;
        bool streams;
    };
    /// Two rows of an image, and the part of them that a strip has.
    struct Place {
        std::int64_t image;
        std::int64_t row;
        std::int64_t begin;
        std::int64_t pixels;
    };

    PackedWeights pack_depthwise(const SeparableViews& weights, float* packed) const {
        const Dims& strides = weights.depthwise.strides;
        for (std::int64_t c = 0; c < channels_; ++c) {
            for (std::int64_t tap = 0; tap < taps; ++tap) {
                packed[tap * channels_ + c] =
                    weights.depthwise
                        .floats()[c * strides[0] + tap / 3 * strides[2] + tap % 3 * strides[3]];
            }
        }
        pack_bias(weights.depthwise_bias, channels_, packed + bias_offset_);
        return {packed, all_finite(packed, taps * channels_)};
    }

    PackedWeights pack_pointwise(const SeparableViews& weights, float* packed) const {
        const Dims& strides = weights.pointwise.strides;
        const float* const from = weights.pointwise.floats();
        float* to = packed;
        for (std::int64_t begin = 0; begin < outputs_; begin += kernels_.panel) {
            const std::int64_t end = std::min(begin + kernels_.panel, outputs_);
            for (std::int64_t c = 0; c < channels_; ++c) {
                for (std::int64_t o = begin; o < end; ++o) {
                    *to++ = from[o * strides[0] + c * strides[1]];
                }
            }
        }
        pack_bias(weights.bias, outputs_, to);
        return {packed, true};
    }

    static void pack_bias(const TensorView& bias, std::int64_t count, float* to) {
        for (std::int64_t i = 0; i < count; ++i) {
            to[i] = bias.data == nullptr ? 0.0f : bias.floats()[i * bias.strides[0]];
        }
    }

    /// A vector at a time, as it leaves the registers.
    bool streams_to(const MutableTensorView& dst) const {
        const auto address = reinterpret_cast<std::uintptr_t>(dst.data);
        const auto vector = static_cast<std::uintptr_t>(kernels_.lanes) * sizeof(float);
        const bool in_registers = after_.clamps || after_.activation.kind == ActivationKind::none;
        return is_large_ && in_registers && address % vector == 0;
    }

    /// How far a strip goes that begins with so many pixels left. No strip has one pixel alone.
    std::int64_t pixels_of_strip(std::int64_t left) const {
        return left == pixels_ + 1 ? pixels_ - 1 : std::min(left, pixels_);
    }

    void run_rows(const Call& call, std::int64_t image, std::int64_t row) const {
        const std::int64_t size = simd::strip_rows * pixels_ * channels_;
        float* const between =
            onednn::thread_scratch().between.reserve(static_cast<std::size_t>(size));
        Place place = {image, row, 0, 0};
        for (; place.begin < width_; place.begin += place.pixels) {
            place.pixels = pixels_of_strip(width_ - place.begin);
            if (call.weights->depthwise.finite) {
                convolve(call, place, between);
            } else {
                convolve_exactly(call, place, between);
            }
            for (int i = 0; i < simd::strip_rows && row + i < height_; ++i) {
                mix(call, place, i, between + i * place.pixels * channels_);
            }
        }
    }

    /// A row of the source, or nothing where that is padding.
    const float* source_row(const Call& call, std::int64_t image, std::int64_t row) const {
        const std::int64_t rows = depthwise_.spatial[0];
        if (row < 0 || row >= rows) return nullptr;
        return call.src + (image * rows + row) * depthwise_.spatial[1] * channels_;
    }

    void convolve(const Call& call, const Place& place, float* between) const {
        const std::int64_t first = place.begin - depthwise_.padding[1].low;
        const std::int64_t columns = place.pixels + 2;
        const Range inside = {std::clamp<std::int64_t>(-first, 0, columns),
                              std::clamp<std::int64_t>(depthwise_.spatial[1] - first, 0, columns)};
        simd::StripDepthwise strip{};
        // Rows with padding in them are copied; so is a row that is all padding.
        float* copy = onednn::thread_scratch().src_tile.reserve(
            static_cast<std::size_t>(simd::strip_sources * columns * channels_));
        for (int i = 0; i < simd::strip_sources; ++i) {
            const float* const row =
                source_row(call, place.image, place.row - depthwise_.padding[0].low + i);
            if (row != nullptr && inside.size() == columns) {
                strip.rows[i] = row + first * channels_;
                continue;
            }
            strip.rows[i] = copy;
            float* const end = copy + columns * channels_;
            if (row != nullptr && inside.size() > 0) {
                copy = std::fill_n(copy, inside.begin * channels_, 0.0f);
                copy = std::copy_n(row + (first + inside.begin) * channels_,
                                   inside.size() * channels_, copy);
            }
            copy = std::fill_n(copy, end - copy, 0.0f);
        }
        const float* const packed = call.weights->depthwise.data;
        strip.pixels = place.pixels;
        strip.channels = channels_;
        strip.weights = packed;
        strip.bias = packed + bias_offset_;
        strip.dst = between;
        strip.activation = &between_;
        kernels_.depthwise(strip);
    }

    /// The same, slowly, where padding must not meet the weights.
    void convolve_exactly(const Call& call, const Place& place, float* between) const {
        const float* const packed = call.weights->depthwise.data;
        for (std::int64_t i = 0; i < simd::strip_rows * place.pixels * channels_; ++i) {
            const std::int64_t c = i % channels_;
            const std::int64_t x =
                place.begin + i / channels_ % place.pixels - depthwise_.padding[1].low;
            const std::int64_t y =
                place.row + i / (channels_ * place.pixels) - depthwise_.padding[0].low;
            double sum = packed[bias_offset_ + c];
            for (std::int64_t tap = 0; tap < taps; ++tap) {
                const float* const row = source_row(call, place.image, y + tap / 3);
                const std::int64_t column = x + tap % 3;
                if (row == nullptr || column < 0 || column >= depthwise_.spatial[1]) continue;
                sum += double{row[column * channels_ + c]} * double{packed[tap * channels_ + c]};
            }
            between[i] = static_cast<float>(between_.activation(sum));
        }
    }

    void mix(const Call& call, const Place& place, int row, const float* between) const {
        const float* const packed = call.weights->pointwise.data;
        simd::StripMix strip{};
        strip.src = between;
        strip.pixels = place.pixels;
        strip.channels = channels_;
        strip.outputs = outputs_;
        strip.weights = packed;
        strip.bias = packed + mix_bias_offset_;
        const std::int64_t at = (place.image * height_ + place.row + row) * width_ + place.begin;
        strip.dst = call.dst + at * outputs_;
        strip.activation = &after_;
        strip.streams = call.streams;
        strip.ahead = ahead_of(call, place, row);
        strip.ahead_end = strip.ahead + pixels_ * channels_;
        kernels_.mix(strip);
    }

    /// What the next strip reads first of all: of the two rows that the one above it has not read.
    const float* ahead_of(const Call& call, const Place& place, int row) const {
        std::int64_t column = place.begin + place.pixels + 1;
        std::int64_t next = place.row - depthwise_.padding[0].low + simd::strip_rows + row;
        if (column >= width_) {
            column = 0;
            next += simd::strip_rows;
        }
        const float* const from = source_row(call, place.image, next);
        return from == nullptr ? call.weights->pointwise.data : from + column * channels_;
    }

    const simd::StripKernels& kernels_;
    Problem depthwise_;
    int threads_;
    std::int64_t height_;  ///< of the destination
    std::int64_t width_;
    std::int64_t channels_;  ///< between
    std::int64_t outputs_;
    simd::FusedActivation between_;
    simd::FusedActivation after_;
    std::int64_t bias_offset_;  ///< in the packed weights
    std::int64_t mix_offset_;
    std::int64_t mix_bias_offset_;  ///< from mix_offset_ on
    bool is_large_;
    std::int64_t pixels_ = 0;  ///< of a strip, at most
    std::int64_t tile_rows_ = 0;
};

}  // namespace

bool strips_are_better(const SeparableRequest& request) {
    const Problem& depthwise = request.depthwise.problem;
    return !request.expand && !request.residual && request.is_channels_last() &&
           depthwise.kernel == Dims{3, 3} && depthwise.stride == Dims{1, 1} &&
           depthwise.dilation == Dims{1, 1} && depthwise.multiplier == 1 &&
           request.pointwise.spatial[1] >= 2 &&
           element_count(request.pointwise.weights_shape()) <= most_weights &&
           kernels_for(request) != nullptr;
}

std::unique_ptr<const Separable> make_strips(const SeparableRequest& request) {
    return std::make_unique<Strips>(request);
}

}  // namespace dwconv::strategy
