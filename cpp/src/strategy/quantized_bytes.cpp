#include <memory>
#include <optional>
#include <utility>

#include "dense_copy.hpp"
#include "onednn/library.hpp"
#include "onednn/scratch.hpp"
#include "parallel.hpp"
#include "simd/byte_convolution.hpp"
#include "strategy/plane_tiles.hpp"
#include "strategy/quantized.hpp"
#include "strategy/quantized_weights.hpp"
#include "strategy/shared_order.hpp"
#include "strategy/tiles_wanted.hpp"

namespace dwconv::strategy {

namespace {

/// The project's own kernels on bytes as they lie.
class QuantizedBytes final : public Quantized {
public:
    QuantizedBytes(const Request& request, std::unique_ptr<const simd::ByteConvolution> convolution)
        : convolution_(std::move(convolution)),
          bias_(request.problem.bias),
          channels_(static_cast<std::size_t>(request.problem.out_channels())),
          threads_(request.threads),
          tiles_({convolution_->strips(), convolution_->rows(), 1, convolution_->rows(),
                  work_of(request.problem)},
                 threads_) {}

    bool needs_its_orders() const noexcept override { return true; }
    std::string implementation() const override { return convolution_->name(); }
    std::size_t packed_size() const noexcept override { return convolution_->packed_size(); }

    PackedWeights pack(const TensorView& weights, const TensorView& bias,
                       const Quantization& quantization, float* packed) const override {
        const std::vector<float> own = centred_weights(weights, quantization);
        std::vector<std::int32_t> biases(bias_ ? channels_ : 0);
        if (bias_) copy_in_c_order(bias, biases.data());
        std::vector<float> multipliers;
        for (std::size_t c = 0; c < channels_; ++c) {
            multipliers.push_back(quantization.multiplier(static_cast<std::int64_t>(c)));
        }
        convolution_->pack({own.data(), bias_ ? biases.data() : nullptr, multipliers.data(),
                            quantization.src_zero_point, quantization.dst_zero_point},
                           packed);
        return {packed, true};
    }

    void run(const TensorView& src, const PackedWeights& weights,
             const MutableTensorView& dst) const override {
        const simd::ByteArrays arrays = {src.data, dst.data, weights.data};
        parallel_for(tiles_.count(), threads_, [&](TileQueue& queue) {
            float* const scratch =
                onednn::thread_scratch().widened.reserve(convolution_->scratch_size());
            while (const auto tile = queue.next()) {
                const PlanePart part = tiles_.part(*tile);
                convolution_->run(arrays, {part.plane, part.plane_end, part.row, part.row_end},
                                  scratch);
            }
        });
    }

private:
    std::unique_ptr<const simd::ByteConvolution> convolution_;
    bool bias_;
    std::size_t channels_;
    int threads_;
    PlaneTiles tiles_;
};

}  // namespace

std::unique_ptr<const Quantized> make_quantized_bytes(const Request& request) {
    const std::optional<simd::PlanarOrder> order = shared_order(request);
    if (!order) return nullptr;
    auto convolution = simd::make_byte_convolution(request.problem, *order, onednn::simd_level(),
                                                   onednn::has_vnni());
    if (convolution == nullptr) return nullptr;
    return std::make_unique<QuantizedBytes>(request, std::move(convolution));
}

}  // namespace dwconv::strategy
