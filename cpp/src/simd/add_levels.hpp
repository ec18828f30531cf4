#pragma once

#include "simd/add.hpp"

namespace dwconv::simd {

// One function per instruction set.

Add add_baseline() noexcept;
Add add_avx2() noexcept;
Add add_avx512() noexcept;

}  // namespace dwconv::simd
