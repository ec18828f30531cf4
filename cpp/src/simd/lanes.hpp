#pragma once

// A vector of floats, as long as the instruction set has them that the including file is compiled
// for. All names have internal linkage: a function shared between files compiled for different
// processors could be the newer one's copy.
//
// Compiler vector types, as they read like the formulas and are the same for each length.

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include <cstdint>
#include <cstring>

#include "simd/clamp_to.hpp"

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

/// The same at any address. (Copies of bytes are moved as integers, and GCC takes some of those to
/// where they are multiplied by way of the stack.)
typedef Floats UnalignedFloats __attribute__((aligned(4)));

inline Floats load(const float* from) { return *reinterpret_cast<const UnalignedFloats*>(from); }
inline void store(float* to, Floats values) { *reinterpret_cast<UnalignedFloats*>(to) = values; }

typedef float Quad __attribute__((vector_size(16)));
typedef Quad UnalignedQuad __attribute__((aligned(4)));

inline Quad load_quad(const float* from) { return *reinterpret_cast<const UnalignedQuad*>(from); }

/// from[0], from[2], …; nothing behind the last of them is read.
inline Floats load_every_second(const float* from) {
#if defined(__AVX512F__)
    return __builtin_shufflevector(load(from), load(from + 15), 0, 2, 4, 6, 8, 10, 12, 14, 17, 19,
                                   21, 23, 25, 27, 29, 31);
#elif defined(__AVX2__)
    // In halves such that nothing crosses from one to the other, which takes longer.
    const auto halves = [](Quad low, Quad high) {
        return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7);
    };
    return __builtin_shufflevector(halves(load_quad(from), load_quad(from + 8)),
                                   halves(load_quad(from + 3), load_quad(from + 11)), 0, 2, 9, 11,
                                   4, 6, 13, 15);
#else
    return __builtin_shufflevector(load(from), load(from + 3), 0, 2, 5, 7);
#endif
}

/// A vector of columns of the source, `Step` floats apart: 1 or 2.
template <int Step>
inline Floats load_columns(const float* from) {
    static_assert(Step == 1 || Step == 2);
    if constexpr (Step == 1) {
        return load(from);
    } else {
        return load_every_second(from);
    }
}

/// Floats from the first column of a vector to the last, both counted.
template <int Step>
constexpr std::int64_t reach = Step * (lanes - 1) + 1;

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

/// Sets lanes to 0, those of some bits. (GCC would take two instructions for AVX2's one.)
template <int Lanes>
inline Floats clear(Floats values) {
    if constexpr (Lanes == 0) return values;
#if defined(__AVX512F__)
    return _mm512_maskz_mov_ps(static_cast<__mmask16>(~Lanes), values);
#elif defined(__AVX2__)
    return _mm256_blend_ps(values, Floats{}, Lanes);
#else
    const Ints kept = {(Lanes & 1) - 1, (Lanes >> 1 & 1) - 1, (Lanes >> 2 & 1) - 1,
                       (Lanes >> 3 & 1) - 1};
    return reinterpret_cast<Floats>(reinterpret_cast<Ints>(values) & kept);
#endif
}

#if !defined(__AVX512F__)
/// All bits of the lanes in the middle, and none of those before and behind.
struct LaneTable {
    constexpr LaneTable() {
        for (int i = 0; i < lanes; ++i) bits[lanes + i] = -1;
    }
    std::int32_t bits[3 * lanes] = {};
};
constexpr LaneTable lane_table;
#endif

/// The lanes of a vector whose columns are in the row.
class LaneMask {
public:
    LaneMask() = default;
    /// The first lane is column `offset` of a row of `length`, the next ones `step` apart.
    LaneMask(std::int64_t offset, std::int64_t step, std::int64_t length) {
        const std::int64_t begin = clamp_to(offset < 0 ? (step - 1 - offset) / step : 0, 0, lanes);
        const std::int64_t end = clamp_to((length - offset + step - 1) / step, 0, lanes);
#if defined(__AVX512F__)
        mask_ = static_cast<__mmask16>((0xffffU >> (lanes - end)) & (0xffffU << begin));
#else
        Ints before, behind;
        std::memcpy(&before, lane_table.bits + lanes - begin, sizeof before);
        std::memcpy(&behind, lane_table.bits + 2 * lanes - end, sizeof behind);
        mask_ = before & behind;
#endif
    }

    /// The mask of vectors whose lanes are in the order that `reorder` makes of another.
    template <class Reorder>
    LaneMask reordered(const Reorder& reorder) const {
#if defined(__AVX512F__)
        (void)reorder;
        return *this;
#else
        LaneMask mask;
        mask.mask_ = reinterpret_cast<Ints>(reorder(reinterpret_cast<Floats>(mask_)));
        return mask;
#endif
    }

    /// These lanes alone are read, and 0 is in the others.
    Floats load(const float* from) const {
#if defined(__AVX512F__)
        return reinterpret_cast<Floats>(_mm512_maskz_loadu_ps(mask_, from));
#elif defined(__AVX2__)
        return reinterpret_cast<Floats>(_mm256_maskload_ps(from, reinterpret_cast<__m256i>(mask_)));
#else
        Floats values{};
        for (int i = 0; i < lanes; ++i) {
            if (mask_[i] != 0) values[i] = from[i];
        }
        return values;
#endif
    }

#if defined(__AVX512F__)
    /// What add() is to be called with.
    Floats of(Floats source) const { return source; }
    /// The mask is free here, where one of the source would take as long as a multiply-add.
    void add(Floats& sum, Floats source, Floats tap) const {
        sum = _mm512_mask3_fmadd_ps(source, tap, sum, mask_);
    }
#else
    Floats of(Floats source) const {
        return reinterpret_cast<Floats>(reinterpret_cast<Ints>(source) & mask_);
    }
    void add(Floats& sum, Floats source, Floats tap) const { sum += source * tap; }
#endif

private:
#if defined(__AVX512F__)
    __mmask16 mask_ = 0;
#else
    Ints mask_{};
#endif
};

/// Loads whole vectors, and multiplies and adds those of their lanes whose columns are in the row;
/// whatever is in the others.
template <int Step>
class MaskedLoader {
public:
    /// The first lane is column `offset` of a row of `length`.
    MaskedLoader(std::int64_t offset, std::int64_t length) : mask_(offset, Step, length) {}

    Floats operator()(const float* from) const { return mask_.of(load_columns<Step>(from)); }
    void add(Floats& sum, Floats source, Floats tap) const { mask_.add(sum, source, tap); }

private:
    LaneMask mask_;
};

template <int Step>
struct WholeLoader {
    Floats operator()(const float* from) const { return load_columns<Step>(from); }
    void add(Floats& sum, Floats source, Floats tap) const { sum += source * tap; }
};

}  // namespace
}  // namespace dwconv::simd
