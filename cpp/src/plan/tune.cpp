#include "plan/tune.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

#include "dense_strides.hpp"
#include "dwconv/errors.hpp"
#include "onednn/scratch.hpp"

namespace dwconv {

namespace {

using Clock = std::chrono::steady_clock;

/// Of all calls together, beyond the fewest.
constexpr double enough_seconds = 0.05;
constexpr std::size_t fewest_rounds = 5;
constexpr std::size_t most_rounds = 200;
/// A candidate that is so many times slower than another in its first calls will not become the
/// best.
constexpr double hopeless = 3;

/// Strides of an array in this order; for `strided`, of one whose rows lie apart.
Dims strides_in(MemoryOrder order, const Dims& shape) {
    Dims wider = shape;
    if (order == MemoryOrder::strided) ++wider[shape.size() - 1];
    return dense_strides(order, wider);
}

/// Memory for an array, all ones: numbers that no kernel is slow with.
class Ones {
public:
    Ones(MemoryOrder order, const Dims& shape)
        : shape_(shape),
          strides_(strides_in(order, shape)),
          memory_(static_cast<std::size_t>(strides_[0] * shape[0])) {
        std::fill_n(memory_.data(), memory_.size(), 1.0f);
    }
    MutableTensorView view() const { return {memory_.data(), DataType::float32, shape_, strides_}; }

private:
    Dims shape_;
    Dims strides_;
    onednn::AlignedBuffer memory_;
};

struct Operands {
    Ones src;
    Ones weights;
    Ones bias;
    Ones add;
    Ones dst;

    explicit Operands(const strategy::Request& request)
        : src(request.src_order, request.problem.src_shape()),
          weights(MemoryOrder::channels_first, request.problem.weights_shape()),
          bias(MemoryOrder::channels_first, {request.problem.dst_shape()[1]}),
          add(request.add_order,
              request.problem.add ? request.problem.dst_shape() : Dims{1, 1, 1, 1}),
          dst(request.dst_order, request.problem.dst_shape()) {}
};

class Candidate {
public:
    Candidate(std::unique_ptr<const strategy::Strategy> strategy, const Operands& operands,
              const Problem& problem)
        : strategy_(std::move(strategy)), memory_(strategy_->packed_size()), adds_(problem.add) {
        packed_ = strategy_->pack(operands.weights.view(),
                                  problem.bias ? TensorView(operands.bias.view()) : TensorView(),
                                  memory_.data());
    }

    /// Seconds of one call, which are kept.
    double run(const Operands& operands) {
        const auto start = Clock::now();
        if (adds_) {
            strategy_->run_adding(operands.src.view(), packed_, operands.add.view(),
                                  operands.dst.view());
        } else {
            strategy_->run(operands.src.view(), packed_, operands.dst.view());
        }
        seconds_.push_back(std::chrono::duration<double>(Clock::now() - start).count());
        return seconds_.back();
    }
    void forget_times() { seconds_.clear(); }
    double median() const {
        std::vector<double> sorted = seconds_;
        const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
        std::nth_element(sorted.begin(), middle, sorted.end());
        return *middle;
    }
    std::unique_ptr<const strategy::Strategy> take() { return std::move(strategy_); }

private:
    std::unique_ptr<const strategy::Strategy> strategy_;
    onednn::AlignedBuffer memory_;
    strategy::PackedWeights packed_;
    bool adds_;
    std::vector<double> seconds_;
};

/// `reordered` does on whole arrays what `tiled` does in the cache, so it is never the fastest.
std::vector<Candidate> candidates_for(const strategy::Request& request, const Operands& operands) {
    std::vector<Candidate> candidates;
    for (const auto kind : {StrategyKind::direct, StrategyKind::planar, StrategyKind::tiled}) {
        try {
            candidates.emplace_back(strategy::make_strategy(request, kind), operands,
                                    request.problem);
        } catch (const Unsupported&) {
            // One candidate fewer.
        }
    }
    return candidates;
}

bool is_faster(const Candidate& a, const Candidate& b) { return a.median() < b.median(); }

void drop_hopeless(std::vector<Candidate>& candidates) {
    const double best = std::min_element(candidates.begin(), candidates.end(), is_faster)->median();
    candidates.erase(
        std::remove_if(candidates.begin(), candidates.end(),
                       [&](const Candidate& c) { return c.median() > hopeless * best; }),
        candidates.end());
}

}  // namespace

std::unique_ptr<const strategy::Strategy> fastest_strategy(const strategy::Request& request) {
    const bool one_way = request.problem.src_dtype != DataType::float32 ||
                         request.problem.dst_dtype != DataType::float32;
    if (request.problem.batch == 0 || one_way) {
        return strategy::make_strategy(request, StrategyKind::automatic);
    }
    const Operands operands(request);
    std::vector<Candidate> candidates = candidates_for(request, operands);
    if (candidates.empty()) return strategy::make_strategy(request, StrategyKind::automatic);
    if (candidates.size() > 1) {
        for (Candidate& each : candidates) {
            each.run(operands);  // fills caches and scratch memory
            each.forget_times();
            each.run(operands);
        }
        drop_hopeless(candidates);
    }
    // In turns, so that what disturbs one disturbs all.
    double spent = 0;
    for (std::size_t round = 0; candidates.size() > 1 && round < most_rounds &&
                                (round < fewest_rounds || spent < enough_seconds);
         ++round) {
        for (Candidate& each : candidates) spent += each.run(operands);
    }
    return std::min_element(candidates.begin(), candidates.end(), is_faster)->take();
}

}  // namespace dwconv
