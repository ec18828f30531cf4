// Compiled for AVX2.
#include "simd/repeat_levels.hpp"

#include "simd/lane_repeat.hpp"

namespace dwconv::simd {

void repeat_avx2(const float* from, std::int64_t count, std::int64_t times, float* to) {
    repeat_numbers(from, count, times, to);
}

}  // namespace dwconv::simd
