#pragma once

#include "simd/convert.hpp"

namespace dwconv::simd {

// One function per instruction set.

Conversions conversions_baseline(DataType dtype) noexcept;
/// With F16C, which AVX2 alone does not promise.
Conversions conversions_avx2(DataType dtype) noexcept;
Conversions conversions_avx512(DataType dtype) noexcept;

}  // namespace dwconv::simd
