#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "cache/lru_cache.hpp"
#include "strategy/strategy.hpp"

namespace dwconv {

/// All that decides how a problem is run.
struct PlanKey {
    strategy::Request request;
    StrategyKind kind = StrategyKind::automatic;
    /// Whether the choice is measured, where `kind` leaves one.
    bool tuned = false;

    bool operator==(const PlanKey& other) const noexcept;
};

struct PlanKeyHash {
    std::size_t operator()(const PlanKey& key) const noexcept;
};

using PlanCache = LruCache<PlanKey, strategy::Strategy, PlanKeyHash>;

/// The one of this process.
PlanCache& plan_cache();

/// From the cache, or made and put there.
std::shared_ptr<const strategy::Strategy> cached_strategy(const PlanKey& key);

}  // namespace dwconv
