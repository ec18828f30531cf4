#pragma once

#include "dwconv/problem.hpp"
#include "dwconv/types.hpp"
#include "onednn/library.hpp"

namespace dwconv::check {

/// Without AVX2, oneDNN has fast kernels for some convolutions alone, and strategies that need one
/// refuse the others.
inline bool lacks_kernels() { return onednn::simd_level() == simd::Level::baseline; }

/// `tiled` needs some for general convolutions that have them for whole groups alone.
inline bool may_lack_a_kernel(const Problem& problem, StrategyKind kind) {
    return lacks_kernels() && kind == StrategyKind::tiled && !problem.is_depthwise();
}

}  // namespace dwconv::check
