#pragma once

// See add.hpp, and lanes.hpp on linkage.

#include "simd/add.hpp"
#include "simd/lane_row.hpp"

namespace dwconv::simd {
namespace {

/// What an activation of its own finds in the first-level cache.
constexpr std::int64_t added_at_once = 1024;

template <class Function>
DWCONV_INLINE void add_all(const float* from, float* to, std::int64_t count,
                           const Function& function) {
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes) store(to + i, function(load(to + i) + load(from + i)));
    if (i == count) return;
    const std::int64_t some = count - i;
    store_part(to + i, function(load_part(to + i, some) + load_part(from + i, some)), some);
}

void add(const float* from, float* to, std::int64_t count, const FusedActivation& activation) {
    if (activation.clamps) {
        const Clamp<true> clamp(activation);
        add_all(from, to, count, [&](Floats sum) { return clamp(sum); });
        return;
    }
    for (std::int64_t i = 0; i < count; i += added_at_once) {
        const std::int64_t some = count - i < added_at_once ? count - i : added_at_once;
        add_all(from + i, to + i, some, [](Floats sum) { return sum; });
        activate(activation.activation, to + i, some);
    }
}

}  // namespace
}  // namespace dwconv::simd
