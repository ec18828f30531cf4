#pragma once

#include <optional>

#include "simd/planar_geometry.hpp"
#include "strategy/strategy.hpp"

namespace dwconv::strategy {

/// The order of dense memory that source and destination of a depthwise problem both have, if there
/// is one. Where a dimension has one element, both orders describe the same memory, and a view
/// names but one of them.
std::optional<simd::PlanarOrder> shared_order(const Request& request);

}  // namespace dwconv::strategy
