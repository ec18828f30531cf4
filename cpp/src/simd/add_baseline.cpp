// Compiled for any processor.
#include "simd/add_levels.hpp"

#include "simd/add_loops.hpp"

namespace dwconv::simd {

Add add_baseline() noexcept { return add; }

}  // namespace dwconv::simd
