// Compiled for any processor.
#include "simd/convert_levels.hpp"

#include "simd/convert_loops.hpp"

namespace dwconv::simd {

Conversions conversions_baseline(DataType dtype) noexcept { return conversions(dtype); }

}  // namespace dwconv::simd
