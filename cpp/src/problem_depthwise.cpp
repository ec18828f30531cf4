#include "problem_depthwise.hpp"

#include <string>

#include "dwconv/errors.hpp"

namespace dwconv {

void require_depthwise(const Problem& problem) {
    if (problem.is_depthwise()) return;
    throw InvalidArgument({"groups", "one for each channel", std::to_string(problem.groups)});
}

}  // namespace dwconv
