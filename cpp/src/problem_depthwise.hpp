#pragma once

#include "dwconv/problem.hpp"

namespace dwconv {

/// @throws InvalidArgument where the groups are not one for each channel
void require_depthwise(const Problem& problem);

}  // namespace dwconv
