#include "simd/byte_convolution.hpp"

#include <cmath>
#include <cstdlib>

#include "simd/pair_convolution.hpp"
#include "simd/quad_convolution.hpp"

namespace dwconv::simd {

std::int64_t ByteWeights::largest_sum(std::int64_t channel, std::int64_t taps) const {
    // Of an element less its zero point.
    constexpr std::int64_t most = 255;
    std::int64_t sum = bias == nullptr ? 0 : std::abs(std::int64_t{bias[channel]});
    for (std::int64_t t = 0; t < taps; ++t) {
        sum += most * static_cast<std::int64_t>(std::abs(weights[channel * taps + t]));
    }
    return sum;
}

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
