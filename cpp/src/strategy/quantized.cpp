#include "strategy/quantized.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "dense_copy.hpp"
#include "onednn/library.hpp"
#include "onednn/scratch.hpp"
#include "parallel.hpp"
#include "simd/requantize.hpp"
#include "simd/streaming.hpp"
#include "strategy/box_conversion.hpp"
#include "strategy/cache_line.hpp"
#include "strategy/exact_integers.hpp"
#include "strategy/partial_sums.hpp"
#include "strategy/quantized_weights.hpp"
#include "strategy/tile_channels.hpp"
#include "strategy/tile_convolutions.hpp"
#include "strategy/tile_views.hpp"

namespace dwconv::strategy {

namespace {

/// Less its zero point, an element of either type is of a magnitude of at most 255, as uint8 is.
Problem centred(const Problem& problem) {
    Problem sums = problem;
    sums.src_dtype = sums.weights_dtype = DataType::uint8;
    return sums;
}

/// As Converted: tiles of the source become float32, less their zero point, are convolved, and
/// multiplied and rounded before they become integers again, all within the cache.
class QuantizedTiles final : public Quantized {
public:
    explicit QuantizedTiles(const Request& request)
        : problem_(centred(request.problem)),
          threads_(request.threads),
          order_(tile_order(request)),
          grid_(problem_, order_, threads_),
          views_(grid_.axes(), order_, problem_.multiplier),
          whole_(grid_.cells(), grid_.axes(), order_),
          src_conversion_(request.problem.src_dtype),
          dst_conversion_(problem_.dst_dtype),
          requantize_(simd::requantize_for(onednn::simd_level())),
          past_caches_(simd::is_beyond_caches(problem_.dst_shape(), problem_.dst_dtype)),
          bias_begin_(floats_of_line + rounded_to_line(channels())),
          whole_begin_(bias_begin_ + rounded_to_line(channels())),
          sums_begin_(whole_begin_ + whole_.packed_size()) {
        if (problem_.bias || most_exact_parts(problem_) > 1) {
            sums_.emplace(problem_, grid_, order_);
        }
    }

    bool needs_its_orders() const noexcept override { return false; }
    std::string implementation() const override { return whole_.implementation(); }
    std::size_t packed_size() const noexcept override {
        return sums_begin_ + (sums_ ? sums_->packed_size() : 0);
    }

    /// First the zero points, then multipliers and the bias as float32.
    PackedWeights pack(const TensorView& weights, const TensorView& bias,
                       const Quantization& quantization, float* packed) const override {
        packed[0] = static_cast<float>(quantization.src_zero_point);
        packed[1] = static_cast<float>(quantization.dst_zero_point);
        for (std::size_t c = 0; c < channels(); ++c) {
            packed[floats_of_line + c] = quantization.multiplier(static_cast<std::int64_t>(c));
        }
        const std::vector<float> own = centred_weights(weights, quantization);
        std::vector<std::int32_t> exact(problem_.bias ? channels() : 0);
        if (problem_.bias) copy_in_c_order(bias, exact.data());
        std::copy(exact.begin(), exact.end(), packed + bias_begin_);
        if (sums_ &&
            sums_->pack(own, problem_.bias ? exact.data() : nullptr, packed + sums_begin_)) {
            return {packed, true};
        }
        TensorView own_bias;
        if (problem_.bias) own_bias = {packed + bias_begin_, bias.shape};
        whole_.pack({own.data(), weights.shape}, own_bias, packed + whole_begin_);
        return {packed, true};
    }

    void run(const TensorView& src, const PackedWeights& weights,
             const MutableTensorView& dst) const override {
        const float* const packed = weights.data;
        const bool by_sums = sums_ && PartialSums::is_used(packed + sums_begin_);
        parallel_for(grid_.size(), threads_, [&](TileQueue& queue) {
            onednn::Scratch& scratch = onednn::thread_scratch();
            float* const from =
                scratch.widened.reserve(static_cast<std::size_t>(grid_.largest_src()));
            float* const to =
                scratch.unrounded.reserve(static_cast<std::size_t>(grid_.largest_dst()));
            while (const auto index = queue.next()) {
                const ConvertedTile tile = grid_.tile(*index);
                const MutableTensorView part = views_.dst(dst, tile);
                const TileChannels channels(problem_, tile, part.shape, order_);
                if (!tile.block.is_padding()) read(views_.src(src, tile), packed[0], from);
                if (by_sums) {
                    const MutableTensorView rounded(to, part.shape);
                    sums_->run(tile, from, packed + sums_begin_, to, {}, rounded);
                } else if (tile.block.is_padding()) {
                    fill_tile(problem_, channels, packed + bias_begin_, to);
                } else {
                    whole_.run(tile.cell, from, {packed + whole_begin_, true}, to);
                }
                requantize(channels, packed, to);
                dst_conversion_.narrow(to, part, past_caches_);
            }
            if (past_caches_) simd::finish_streaming();
        });
    }

private:
    std::size_t channels() const { return static_cast<std::size_t>(problem_.out_channels()); }

    void read(const TensorView& part, float zero, float* to) const {
        src_conversion_.widen(part, to);
        if (zero != 0.0f) requantize_.shift(to, element_count(part.shape), zero);
    }

    void requantize(const TileChannels& channels, const float* packed, float* values) const {
        const float* const multipliers = packed + floats_of_line + channels.begin;
        const float zero = packed[1];
        if (order_ == MemoryOrder::channels_last) {
            requantize_.pixels(values, channels.elements / channels.count, multipliers,
                               channels.count, zero);
            return;
        }
        const std::int64_t inner = channels.run_length;
        for (std::int64_t i = 0; i * inner < channels.elements; ++i) {
            requantize_.channel(values + i * inner, inner, multipliers[i % channels.count], zero);
        }
    }

    Problem problem_;
    int threads_;
    MemoryOrder order_;
    ConvertedGrid grid_;
    TileViews views_;
    TileConvolutions whole_;
    std::optional<PartialSums> sums_;  ///< where they may be needed
    BoxConversion src_conversion_;
    BoxConversion dst_conversion_;
    simd::Requantize requantize_;
    bool past_caches_;
    // In the packed weights:
    std::size_t bias_begin_;
    std::size_t whole_begin_;
    std::size_t sums_begin_;
};

}  // namespace

std::unique_ptr<const Quantized> make_quantized(const Request& request) {
    if (auto bytes = make_quantized_bytes(request)) return bytes;
    return std::make_unique<QuantizedTiles>(request);
}

}  // namespace dwconv::strategy
