#include <optional>
#include <vector>

#include "dense_copy.hpp"
#include "onednn/scratch.hpp"
#include "parallel.hpp"
#include "simd/streaming.hpp"
#include "strategy/box_conversion.hpp"
#include "strategy/cache_line.hpp"
#include "strategy/exact_integers.hpp"
#include "strategy/partial_sums.hpp"
#include "strategy/residual.hpp"
#include "strategy/strategy.hpp"
#include "strategy/tile_channels.hpp"
#include "strategy/tile_convolutions.hpp"
#include "strategy/tile_views.hpp"

namespace dwconv::strategy {

namespace {

/// A copy of a bias of integers.
std::vector<std::int32_t> as_integers(const TensorView& bias) {
    std::vector<std::int32_t> values(static_cast<std::size_t>(element_count(bias.shape)));
    copy_in_c_order(bias, values.data());
    return values;
}

/// Where something is added, that and the activation come behind the tiles' convolutions.
Problem convolved_in_tiles(Problem problem) {
    if (problem.add) problem.activation = {};
    problem.add = false;
    return problem;
}

/// Whether all sums are integers: folded weights are of float32.
bool is_of_integers(const Problem& problem) {
    return is_integer(problem.src_dtype) && is_integer(problem.weights_dtype);
}

/// Tiles of the source are converted to float32, convolved by one of the other strategies, and
/// converted to the type of the destination, all within the cache.
class Converted final : public Strategy {
public:
    explicit Converted(const Request& request)
        : problem_(convolved_in_tiles(request.problem)),
          activation_(request.problem.activation),
          threads_(request.threads),
          order_(tile_order(request)),
          grid_(problem_, order_, threads_),
          views_(grid_.axes(), order_, problem_.multiplier),
          whole_(grid_.cells(), grid_.axes(), order_),
          src_conversion_(problem_.src_dtype),
          dst_conversion_(problem_.dst_dtype),
          past_caches_(simd::is_beyond_caches(problem_.dst_shape(), problem_.dst_dtype)) {
        const auto biases = static_cast<std::size_t>(problem_.bias ? problem_.out_channels() : 0);
        whole_begin_ = rounded_to_line(biases);
        sums_begin_ = whole_begin_ + whole_.packed_size();
        if (is_of_integers(problem_) && (problem_.bias || most_exact_parts(problem_) > 1 ||
                                         adds_beyond_float32(request.problem))) {
            sums_.emplace(request.problem, grid_, order_);
        }
    }

    StrategyKind kind() const noexcept override { return StrategyKind::converted; }
    bool needs_its_orders() const noexcept override { return false; }
    std::string implementation() const override { return whole_.implementation(); }
    std::size_t packed_size() const noexcept override {
        return sums_begin_ + (sums_ ? sums_->packed_size() : 0);
    }

    /// First the bias as float32, for what is made of padding alone.
    PackedWeights pack(const TensorView& weights, const TensorView& bias,
                       float* packed) const override {
        const std::vector<float> plain = as_floats(weights);
        if (sums_) {
            const std::vector<std::int32_t> exact =
                problem_.bias ? as_integers(bias) : std::vector<std::int32_t>();
            const std::int32_t* const given = problem_.bias ? exact.data() : nullptr;
            if (sums_->pack(plain, given, packed + sums_begin_)) return {packed, true};
        }
        TensorView plain_bias;
        if (problem_.bias) {
            BoxConversion(bias.dtype).widen(bias, packed);
            plain_bias = {packed, bias.shape};
        }
        const TensorView plain_weights(plain.data(), weights.shape);
        return {packed, whole_.pack(plain_weights, plain_bias, packed + whole_begin_)};
    }

    void run(const TensorView& src, const PackedWeights& weights,
             const MutableTensorView& dst) const override {
        run_tiles(src, weights, {}, dst);
    }
    void run_adding(const TensorView& src, const PackedWeights& weights, const TensorView& add,
                    const MutableTensorView& dst) const override {
        run_tiles(src, weights, add, dst);
    }

private:
    void run_tiles(const TensorView& src, const PackedWeights& weights, const TensorView& add,
                   const MutableTensorView& dst) const {
        const bool by_sums = sums_ && PartialSums::is_used(weights.data + sums_begin_);
        parallel_for(grid_.size(), threads_, [&](TileQueue& queue) {
            onednn::Scratch& scratch = onednn::thread_scratch();
            float* const from =
                scratch.widened.reserve(static_cast<std::size_t>(grid_.largest_src()));
            float* const to =
                scratch.unrounded.reserve(static_cast<std::size_t>(grid_.largest_dst()));
            while (const auto index = queue.next()) {
                const ConvertedTile tile = grid_.tile(*index);
                const MutableTensorView part = views_.dst(dst, tile);
                const TensorView added = add.data == nullptr ? TensorView() : views_.add(add, tile);
                if (!tile.block.is_padding()) src_conversion_.widen(views_.src(src, tile), from);
                if (by_sums) {
                    sums_->run(tile, from, weights.data + sums_begin_, to, added, part);
                    continue;
                }
                if (tile.block.is_padding()) {
                    fill_tile(problem_, {problem_, tile, part.shape, order_}, weights.data, to);
                } else {
                    const PackedWeights own = {weights.data + whole_begin_, weights.finite};
                    whole_.run(tile.cell, from, own, to);
                }
                if (added.data != nullptr) add_and_activate(added, to);
                dst_conversion_.narrow(to, part, past_caches_);
            }
            if (past_caches_) simd::finish_streaming();
        });
    }

    void add_and_activate(const TensorView& added, float* to) const {
        float* const widened =
            onednn::thread_scratch().added.reserve(static_cast<std::size_t>(grid_.largest_dst()));
        dst_conversion_.widen(added, widened);
        add_to(to, widened, element_count(added.shape), activation_);
    }

    Problem problem_;  ///< of the tiles together
    simd::FusedActivation activation_;
    int threads_;
    MemoryOrder order_;
    ConvertedGrid grid_;
    TileViews views_;
    TileConvolutions whole_;
    std::optional<PartialSums> sums_;  ///< where they may be needed
    BoxConversion src_conversion_;
    BoxConversion dst_conversion_;
    bool past_caches_;
    // In the packed weights:
    std::size_t whole_begin_ = 0;
    std::size_t sums_begin_ = 0;
};

}  // namespace

std::unique_ptr<const Strategy> make_converted(const Request& request) {
    // Rows are rounded before anything could be added to them.
    auto rows = request.problem.add ? nullptr : make_converted_rows(request);
    if (rows) return rows;
    return std::make_unique<Converted>(request);
}

}  // namespace dwconv::strategy
