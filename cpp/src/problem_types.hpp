#pragma once

#include "dwconv/problem.hpp"

namespace dwconv {

/// Part of Problem::validate().
/// @throws InvalidType, InvalidArgument where there is no convolution of these types
void require_types(const Problem& problem);

/// For what is computed in float32 alone, which the error names.
/// @throws InvalidType
void require_float32(const Problem& problem, const char* what);

}  // namespace dwconv
