// Compiled for any processor.
#include "simd/requantize_levels.hpp"
#include "simd/requantize_loops.hpp"

namespace dwconv::simd {

Requantize requantize_baseline() noexcept { return requantize_loops; }

}  // namespace dwconv::simd
