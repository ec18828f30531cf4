#pragma once

#include <cstdint>
#include <string_view>

#include "dwconv/types.hpp"
#include "simd/level.hpp"

namespace dwconv::simd {

/// Between elements of a type and float32. No memory overlaps; elements are aligned to their size.
struct Conversions {
    using Narrow = void (*)(const float* from, void* to, std::int64_t count);

    /// to[i] = from[i]: exactly, but of int32, which is rounded. NaN stays NaN.
    void (*widen)(const void* from, float* to, std::int64_t count);
    /// to[i] = from[i], rounded to nearest, ties to even. What is too large becomes infinity, or
    /// the largest or smallest integer; NaN stays NaN, and the smallest integer where there is
    /// none.
    Narrow narrow;
    /// The same with stores past the caches; finish_streaming() comes after all.
    Narrow narrow_past_caches;
};

Conversions conversions_for(DataType dtype, Level level) noexcept;

/// "convert:avx2"
std::string_view conversions_name(Level level) noexcept;

}  // namespace dwconv::simd
