#include <vector>

#include "onednn/library.hpp"
#include "parallel.hpp"
#include "simd/planar_converted.hpp"
#include "strategy/box_conversion.hpp"
#include "strategy/exact_integers.hpp"
#include "strategy/plane_tiles.hpp"
#include "strategy/shared_order.hpp"
#include "strategy/strategy.hpp"
#include "strategy/tiles_wanted.hpp"

namespace dwconv::strategy {

namespace {

/// Rows of planes, as they lie, become float32 and are convolved by planar's kernels.
class ConvertedRows final : public Strategy {
public:
    ConvertedRows(const Request& request, simd::PlanarOrder order)
        : rows_(request.problem, order, onednn::simd_level()),
          threads_(request.threads),
          tiles_({rows_.convolution().planes(), rows_.convolution().rows(),
                  rows_.convolution().block_rows(), rows_.convolution().rows(),
                  work_of(request.problem)},
                 threads_) {}

    bool serves() const { return rows_.convolution().runs_copied(); }

    StrategyKind kind() const noexcept override { return StrategyKind::converted; }
    bool needs_its_orders() const noexcept override { return true; }
    std::string implementation() const override { return rows_.name(); }
    std::size_t packed_size() const noexcept override { return rows_.convolution().packed_size(); }

    PackedWeights pack(const TensorView& weights, const TensorView& bias,
                       float* packed) const override {
        const std::vector<float> own_weights = as_floats(weights);
        const std::vector<float> own_bias = as_floats(bias);
        TensorView own;
        if (bias.data != nullptr) own = {own_bias.data(), bias.shape};
        return {packed, rows_.convolution().pack({own_weights.data(), weights.shape}, own, packed)};
    }

    void run(const TensorView& src, const PackedWeights& weights,
             const MutableTensorView& dst) const override {
        const simd::ConvertedArrays arrays = {src.data, dst.data, weights.data};
        parallel_for(tiles_.count(), threads_, [&](TileQueue& queue) {
            thread_local simd::PlanarConverted::Scratch scratch;
            while (const auto tile = queue.next()) {
                const PlanePart part = tiles_.part(*tile);
                const simd::PlanarPart rows = {part.plane, part.plane_end, part.row, part.row_end};
                if (weights.finite) {
                    rows_.run(arrays, rows, scratch);
                } else {
                    rows_.run_exactly(arrays, rows, scratch);
                }
            }
        });
    }

private:
    simd::PlanarConverted rows_;
    int threads_;
    PlaneTiles tiles_;
};

/// Whether float32 holds what integers make, whatever they are.
bool is_exact(const Problem& problem) {
    return !is_integer(problem.src_dtype) || (!problem.bias && most_exact_parts(problem) == 1);
}

}  // namespace

std::unique_ptr<const Strategy> make_converted_rows(const Request& request) {
    const Problem& problem = request.problem;
    if (problem.spatial.size() != 2 || !problem.is_depthwise() || !is_exact(problem)) {
        return nullptr;
    }
    // Tiles of channels-last memory are convolved by oneDNN, which is as fast as they are
    // converted.
    const auto order = shared_order(request);
    if (order != simd::PlanarOrder::planes || !planar_is_best_for_planes(problem)) return nullptr;
    auto made = std::make_unique<ConvertedRows>(request, *order);
    if (!made->serves()) return nullptr;
    return made;
}

}  // namespace dwconv::strategy
