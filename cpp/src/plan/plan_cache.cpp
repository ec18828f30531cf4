#include "plan/plan_cache.hpp"

#include "dwconv/cache.hpp"
#include "fork.hpp"
#include "plan/tune.hpp"
#include "strategy/backward_weights.hpp"
#include "strategy/quantized.hpp"
#include "strategy/separable.hpp"
#include "strategy/transposed.hpp"

namespace dwconv {

namespace {

constexpr std::size_t default_capacity = 128;

/// True once the functions around fork() are set; when the library is loaded, as a fork in the
/// midst of the first call would leave the child a cache that nobody finishes.
const bool fork_is_safe = [] {
    on_fork([] { plan_cache().before_fork(); }, [] { plan_cache().after_fork_in_parent(); },
            [] { plan_cache().after_fork_in_child(); });
    return true;
}();

}  // namespace

bool PlanKey::operator==(const PlanKey& other) const noexcept {
    return kind == other.kind && tuned == other.tuned && request.threads == other.request.threads &&
           request.src_order == other.request.src_order &&
           request.dst_order == other.request.dst_order &&
           request.add_order == other.request.add_order &&
           request.problem == other.request.problem && pointwise == other.pointwise &&
           expand == other.expand && residual == other.residual && pass == other.pass &&
           input == other.input;
}

std::size_t PlanKeyHash::operator()(const PlanKey& key) const noexcept {
    std::size_t hash = std::hash<Problem>()(key.request.problem);
    for (const auto value :
         {static_cast<std::size_t>(key.kind), static_cast<std::size_t>(key.tuned),
          static_cast<std::size_t>(key.request.threads),
          static_cast<std::size_t>(key.request.src_order),
          static_cast<std::size_t>(key.request.dst_order),
          static_cast<std::size_t>(key.request.add_order)}) {
        hash = hash * 31 + value;
    }
    for (const auto& problem : {key.pointwise, key.expand}) {
        hash = hash * 31 + (problem ? std::hash<Problem>()(*problem) : 0);
    }
    hash = hash * 31 + static_cast<std::size_t>(key.residual);
    hash = hash * 31 + static_cast<std::size_t>(key.pass);
    for (const std::int64_t size : key.input) hash = hash * 31 + static_cast<std::size_t>(size);
    return hash;
}

bool is_for(const PlanKey& key, const TensorView& src, const TensorView& dst) noexcept {
    return key.request.src_order == memory_order(src) && key.request.dst_order == memory_order(dst);
}

PlanKey key_for(const PlanKey& key, const TensorView& src, const TensorView& dst) {
    PlanKey other = key;
    other.request.src_order = memory_order(src);
    other.request.dst_order = memory_order(dst);
    return other;
}

PlanCache& plan_cache() {
    // Never destroyed: a thread may still be computing when the process ends.
    static auto* const cache = new PlanCache(default_capacity);
    return *cache;
}

std::shared_ptr<const strategy::Prepared> cached_plan(const PlanKey& key) {
    return plan_cache().get_or_create(key, [&key]() -> PlanCache::Pointer {
        if (key.pointwise) {
            return strategy::make_separable({key.request, *key.pointwise, key.expand, key.residual},
                                            key.kind);
        }
        if (key.pass == strategy::Pass::backward_weights) {
            return strategy::make_backward_weights(key.request);
        }
        if (key.pass == strategy::Pass::quantized) return strategy::make_quantized(key.request);
        if (key.pass != strategy::Pass::forward) {
            return strategy::make_transposed({key.request, key.pass, key.input});
        }
        if (key.tuned) return fastest_strategy(key.request);
        return strategy::make_strategy(key.request, key.kind);
    });
}

CacheInfo cache_info() { return plan_cache().info(); }
void cache_clear() { plan_cache().clear(); }
void cache_resize(std::size_t capacity) { plan_cache().resize(capacity); }

}  // namespace dwconv
