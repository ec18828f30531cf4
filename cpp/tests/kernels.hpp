#pragma once

#include <string>

#include "dwconv/problem.hpp"
#include "dwconv/runtime.hpp"

namespace dwconv::check {

/// Before AVX, oneDNN has fast kernels for some convolutions of whole groups alone, and `tiled`
/// refuses the others.
inline bool may_lack_a_kernel(const Problem& problem, StrategyKind kind) {
    const bool is_old = get_config().isa.find("AVX") == std::string::npos;
    return is_old && kind == StrategyKind::tiled && !problem.is_depthwise();
}

}  // namespace dwconv::check
