// Compiled for any processor.
#include "simd/transposed_levels.hpp"

#include "simd/transposed_pixels.hpp"
#include "simd/transposed_rows.hpp"

namespace dwconv::simd {

const TransposedKernels transposed_baseline = {"baseline", lanes, transposed_rows,
                                               transposed_pixels};

}  // namespace dwconv::simd
