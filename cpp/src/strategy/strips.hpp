#pragma once

#include "strategy/separable.hpp"

namespace dwconv::strategy {

/// Whether the project's own kernels for strips can serve it and are better than those for bands:
/// 3 × 3 without a stride, between channels-last arrays, with few channels.
bool strips_are_better(const SeparableRequest& request);

/// Fused, strip by strip: two rows of some pixels at a time, whose depthwise result stays in the
/// first-level cache.
std::unique_ptr<const Separable> make_strips(const SeparableRequest& request);

}  // namespace dwconv::strategy
