#include "problem_size.hpp"

#include <string>

#include "dwconv/errors.hpp"
#include "dwconv/layout.hpp"
#include "dwconv/tensor_view.hpp"

namespace dwconv {

namespace {

/// Several of these numbers are added up, or multiplied by the size of an element.
constexpr std::int64_t count_limit = std::numeric_limits<std::int64_t>::max() / 16;

}  // namespace

void require_addressable(const char* argument, const Dims& shape) {
    std::int64_t count = 1;
    for (const std::int64_t size : shape) {
        // Not count > count_limit / size: three shapes of divisions take as long as a small
        // convolution.
        if (__builtin_mul_overflow(count, size, &count) || count > count_limit) {
            throw InvalidArgument(
                {argument, "an array of at most " + std::to_string(count_limit) + " elements",
                 "shape " + to_string(shape)});
        }
    }
}

void require_countable(const Problem& problem) {
    std::int64_t count = 2 * element_count(problem.dst_shape());
    bool overflow = __builtin_mul_overflow(count, problem.group_channels(), &count);
    for (const std::int64_t size : problem.kernel) {
        overflow |= __builtin_mul_overflow(count, size, &count);
    }
    if (!overflow && count <= count_limit) return;
    throw InvalidArgument({"weights",
                           "a kernel that makes at most " + std::to_string(count_limit) +
                               " operations, each multiply-add two",
                           "kernel sizes " + to_string(problem.kernel) + " and a result of shape " +
                               to_string(problem.dst_shape())});
}

}  // namespace dwconv
