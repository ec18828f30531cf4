#pragma once

#include "simd/requantize.hpp"

namespace dwconv::simd {

// One function per instruction set.

Requantize requantize_baseline() noexcept;
Requantize requantize_avx2() noexcept;
Requantize requantize_avx512() noexcept;

}  // namespace dwconv::simd
