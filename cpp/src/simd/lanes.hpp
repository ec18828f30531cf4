#pragma once

// A vector of floats, as long as the instruction set has them that the including file is compiled
// for. All names have internal linkage: a function shared between files compiled for different
// processors could be the newer one's copy.
//
// Compiler vector types, as they read like the formulas and are the same for each length.

#include <cstdint>
#include <cstring>

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

/// The first `count` elements, and 0 in the other lanes.
inline Floats load_part(const float* from, std::int64_t count) {
    Floats values{};
    for (std::int64_t i = 0; i < count; ++i) values[i] = from[i];
    return values;
}

/// Stores the first `count` lanes.
inline void store_part(float* to, Floats values, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) to[i] = values[i];
}

/// The same number in all lanes. (Subtracting 0 changes no number, not even -0.)
inline Floats splat(float value) { return value - Floats{}; }

/// All bits of the lanes in the middle, and none of those before and behind.
struct LaneTable {
    constexpr LaneTable() {
        for (int i = 0; i < lanes; ++i) bits[lanes + i] = -1;
    }
    std::int32_t bits[3 * lanes] = {};
};
constexpr LaneTable lane_table;

/// Loads whole vectors and puts 0 into the lanes before `begin` and from `end` on, whatever is
/// there.
class MaskedLoader {
public:
    /// `begin` is below the number of lanes, `end` above 0.
    MaskedLoader(std::int64_t begin, std::int64_t end) {
        Ints before, behind;
        std::memcpy(&before, lane_table.bits + lanes - (begin < 0 ? 0 : begin), sizeof before);
        std::memcpy(&behind, lane_table.bits + 2 * lanes - (end > lanes ? lanes : end),
                    sizeof behind);
        mask_ = before & behind;
    }
    Floats operator()(const float* from) const {
        return reinterpret_cast<Floats>(reinterpret_cast<Ints>(load(from)) & mask_);
    }

private:
    Ints mask_;
};

struct WholeLoader {
    Floats operator()(const float* from) const { return load(from); }
};

}  // namespace
}  // namespace dwconv::simd
