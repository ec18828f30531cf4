#pragma once

// A vector of floats, as long as the instruction set has them that the including file is compiled
// for. All names have internal linkage: a function shared between files compiled for different
// processors could be the newer one's copy.
//
// Compiler vector types, as they read like the formulas; intrinsics where those have no word.

#include <cstdint>
#include <cstring>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace dwconv::simd {
namespace {

#if defined(__AVX512F__)
constexpr int lanes = 16;
#elif defined(__AVX2__)
constexpr int lanes = 8;
#else
constexpr int lanes = 4;
#endif

typedef float Floats __attribute__((vector_size(4 * lanes)));
typedef std::int32_t Ints __attribute__((vector_size(4 * lanes)));

inline Floats load(const float* from) {
    Floats values;
    std::memcpy(&values, from, sizeof values);
    return values;
}

inline void store(float* to, Floats values) { std::memcpy(to, &values, sizeof values); }

/// Stores the first `count` lanes.
inline void store_part(float* to, Floats values, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) to[i] = values[i];
}

/// The same number in all lanes. (Subtracting 0 changes no number, not even -0.)
inline Floats splat(float value) { return value - Floats{}; }

/// Lanes `begin` to `end`, which may lie outside the vector.
struct LaneRange {
    LaneRange(std::int64_t first, std::int64_t last)
        : begin(static_cast<int>(first < 0 ? 0 : first)),
          end(static_cast<int>(last > lanes ? lanes : last)) {}
    int begin;
    int end;
};

/// Loads some lanes and leaves 0 in the others, whose memory is not touched.
class PartLoader {
public:
    explicit PartLoader(const LaneRange& range)
#if defined(__AVX512F__)
        : mask_(static_cast<__mmask16>((1U << range.end) - (1U << range.begin))) {
    }
    Floats operator()(const float* from) const {
        return reinterpret_cast<Floats>(_mm512_maskz_loadu_ps(mask_, from));
    }

private:
    __mmask16 mask_;
#elif defined(__AVX2__)
        : mask_((Ints{0, 1, 2, 3, 4, 5, 6, 7} >= range.begin) &
                (Ints{0, 1, 2, 3, 4, 5, 6, 7} < range.end)) {
    }
    Floats operator()(const float* from) const {
        return reinterpret_cast<Floats>(_mm256_maskload_ps(from, reinterpret_cast<__m256i>(mask_)));
    }

private:
    Ints mask_;
#else
        : range_(range) {
    }
    Floats operator()(const float* from) const {
        Floats values{};
        for (int i = range_.begin; i < range_.end; ++i) values[i] = from[i];
        return values;
    }

private:
    LaneRange range_;
#endif
};

struct WholeLoader {
    Floats operator()(const float* from) const { return load(from); }
};

}  // namespace
}  // namespace dwconv::simd
