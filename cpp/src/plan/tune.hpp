#pragma once

#include <memory>

#include "strategy/strategy.hpp"

namespace dwconv {

/// The fastest of the strategies that can serve, by running them on arrays of the request's shapes
/// and memory orders. Takes some calls of each, and about 50 ms for small problems.
std::unique_ptr<const strategy::Strategy> fastest_strategy(const strategy::Request& request);

}  // namespace dwconv
