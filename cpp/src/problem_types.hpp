#pragma once

#include "dwconv/problem.hpp"

namespace dwconv {

/// Part of Problem::validate().
/// @throws InvalidType, InvalidArgument where there is no convolution of these types
void require_types(const Problem& problem);

}  // namespace dwconv
