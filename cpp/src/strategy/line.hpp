#pragma once

#include "dwconv/problem.hpp"

namespace dwconv::strategy {

/// One dimension, or two of which one is 1.
inline bool is_line(const Problem& problem) {
    return problem.spatial.size() == 2 && problem.spatial[0] == 1 && problem.kernel[0] == 1 &&
           problem.padding[0] == Padding{};
}

}  // namespace dwconv::strategy
