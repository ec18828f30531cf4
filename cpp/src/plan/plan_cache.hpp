#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include "cache/lru_cache.hpp"
#include "strategy/pass.hpp"
#include "strategy/strategy.hpp"

namespace dwconv {

/// All that decides how a problem is run.
struct PlanKey {
    strategy::Request request;
    StrategyKind kind = StrategyKind::automatic;
    /// Whether the choice is measured, where `kind` leaves one.
    bool tuned = false;
    /// The 1×1 convolution of a separable one, whose depthwise part is the request's.
    std::optional<Problem> pointwise = std::nullopt;
    /// The 1×1 convolution before the depthwise one, in an inverted residual block.
    std::optional<Problem> expand = std::nullopt;
    /// Whether the block's source is added to its result.
    bool residual = false;
    /// Of the request's problem; what backward data and transposed convolution read has this size.
    strategy::Pass pass = strategy::Pass::forward;
    Dims input = {};

    bool operator==(const PlanKey& other) const noexcept;
};

struct PlanKeyHash {
    std::size_t operator()(const PlanKey& key) const noexcept;
};

using PlanCache = LruCache<PlanKey, strategy::Prepared, PlanKeyHash>;

/// Whether the key is for arrays in the orders of these.
bool is_for(const PlanKey& key, const TensorView& src, const TensorView& dst) noexcept;

/// The same key for arrays in the orders of these.
PlanKey key_for(const PlanKey& key, const TensorView& src, const TensorView& dst);

/// The one of this process.
PlanCache& plan_cache();

/// From the cache, or made and put there: a Separable where the key has a 1×1 convolution, a
/// BackwardWeights or a Quantized where that is the pass, else a Strategy, that of
/// make_transposed() for backward data and transposed convolution.
std::shared_ptr<const strategy::Prepared> cached_plan(const PlanKey& key);

/// The same, where it is known which.
template <class Kind>
std::shared_ptr<const Kind> cached(const PlanKey& key) {
    return std::static_pointer_cast<const Kind>(cached_plan(key));
}

}  // namespace dwconv
