#pragma once

// Vectors in which numbers follow one another several times, as channels do with a depth
// multiplier. See lanes.hpp on linkage.

#include "simd/lanes.hpp"

namespace dwconv::simd {
namespace {

/// Loads a number that fills all lanes.
struct Splat {
    Floats operator()(const float* from) const { return splat(*from); }
};

#if defined(__AVX2__)

/// Loads numbers of which each fills `times` lanes, but the first only those from `phase` on.
/// Nothing behind the last of them is read.
class Spread {
public:
    Spread(std::int64_t phase, std::int64_t times) {
        std::int32_t number = 0;
        std::int64_t left = times - phase;
        for (int i = 0; i < lanes; ++i) {
            index_[i] = number;
            if (--left != 0) continue;
            ++number;
            left = times;
        }
        mask_ = LaneMask(0, 1, index_[lanes - 1] + 1);
    }

    Floats operator()(const float* from) const {
#if defined(__AVX512F__)
        // (With a mask of all lanes, since compilers warn of the instruction without one.)
        return reinterpret_cast<Floats>(_mm512_maskz_permutexvar_ps(
            0xffff, reinterpret_cast<__m512i>(index_), mask_.load(from)));
#else
        return reinterpret_cast<Floats>(
            _mm256_permutevar8x32_ps(mask_.load(from), reinterpret_cast<__m256i>(index_)));
#endif
    }

private:
    Ints index_{};
    LaneMask mask_;
};
#endif

}  // namespace
}  // namespace dwconv::simd
