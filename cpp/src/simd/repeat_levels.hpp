#pragma once

#include <cstdint>

namespace dwconv::simd {

// One function per instruction set; see repeat.hpp for what they do.

void repeat_baseline(const float* from, std::int64_t count, std::int64_t times, float* to);
void repeat_avx2(const float* from, std::int64_t count, std::int64_t times, float* to);

}  // namespace dwconv::simd
