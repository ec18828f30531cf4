#pragma once

// Files that are compiled for a newer processor include this; see lanes.hpp on linkage.

#include <cstdint>

namespace dwconv::simd {
namespace {

/// Rows or columns of the source, padding too, that so many of the destination read with so many
/// taps.
constexpr std::int64_t rows_read(std::int64_t made, std::int64_t stride, std::int64_t taps,
                                 std::int64_t dilation = 1) {
    return (made - 1) * stride + (taps - 1) * dilation + 1;
}

}  // namespace
}  // namespace dwconv::simd
