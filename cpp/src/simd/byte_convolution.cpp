#include "simd/byte_convolution.hpp"

#include "simd/pair_convolution.hpp"
#include "simd/quad_convolution.hpp"

namespace dwconv::simd {

std::unique_ptr<const ByteConvolution> make_byte_convolution(const Problem& problem,
                                                             PlanarOrder order, Level level,
                                                             bool has_vnni) {
    const QuadKernels* const quads = quad_kernels_for(level, has_vnni);
    const PairKernels* const pairs = pair_kernels_for(level, has_vnni);
    if (pairs != nullptr && PairConvolution::serves(problem, order)) {
        return std::make_unique<PairConvolution>(problem, order, *pairs);
    }
    if (quads != nullptr && QuadConvolution::serves(problem, order, *quads)) {
        return std::make_unique<QuadConvolution>(problem, order, *quads);
    }
    return nullptr;
}

}  // namespace dwconv::simd
