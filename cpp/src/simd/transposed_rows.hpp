#pragma once

// The loops for planes. Included once by each file that is compiled for an instruction set; see
// lanes.hpp on linkage.

#include "simd/lane_row.hpp"
#include "simd/transposed.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

/// a[0], b[0], a[1], b[1], … in two vectors.
struct Interleaved {
    Floats low;
    Floats high;
};

DWCONV_INLINE Interleaved interleave(Floats a, Floats b) {
#if defined(__AVX512F__)
    return {__builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23),
            __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15,
                                    31)};
#elif defined(__AVX2__)
    // First within the halves, as little else can cross them.
    const Floats even = __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13);
    const Floats odd = __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15);
    return {__builtin_shufflevector(even, odd, 0, 1, 2, 3, 8, 9, 10, 11),
            __builtin_shufflevector(even, odd, 4, 5, 6, 7, 12, 13, 14, 15)};
#else
    return {__builtin_shufflevector(a, b, 0, 4, 1, 5), __builtin_shufflevector(a, b, 2, 6, 3, 7)};
#endif
}

/// The taps of one phase.
struct PhaseTaps {
    const std::int64_t* offsets;
    const float* weights;
    std::int64_t count;

    PhaseTaps(const TransposedRows& r, std::int64_t phase)
        : offsets(r.offsets + r.first[phase]),
          weights(r.weights + r.first[phase]),
          count(r.first[phase + 1] - r.first[phase]) {}
};

template <int Vectors>
DWCONV_INLINE void sum_taps(const PhaseTaps& taps, const float* src, float bias,
                            Floats (&sums)[Vectors]) {
    unroll<Vectors>([&](auto v) __attribute__((always_inline)) { sums[v.value] = splat(bias); });
    for (std::int64_t t = 0; t < taps.count; ++t) {
        const Floats weight = splat(taps.weights[t]);
        const float* const from = src + taps.offsets[t];
        unroll<Vectors>([&](auto v) __attribute__((always_inline)) {
            sums[v.value] += load(from + v.value * lanes) * weight;
        });
    }
}

/// A row that has one phase.
struct SinglePhase {
    static constexpr int step = 1;
    PhaseTaps taps;

    SinglePhase(const TransposedRows& r, std::int64_t phase) : taps(r, phase) {}

    template <int Vectors>
    DWCONV_INLINE void make(const float* src, float bias, float* dst) const {
        Floats sums[Vectors];
        sum_taps(taps, src, bias, sums);
        unroll<Vectors>([&](auto v) __attribute__((always_inline)) {
            store(dst + v.value * lanes, sums[v.value]);
        });
    }
};

/// A row of two phases that alternate.
struct TwoPhases {
    static constexpr int step = 2;
    PhaseTaps even;
    PhaseTaps odd;

    TwoPhases(const TransposedRows& r, std::int64_t phase) : even(r, phase), odd(r, phase + 1) {}

    template <int Vectors>
    DWCONV_INLINE void make(const float* src, float bias, float* dst) const {
        Floats evens[Vectors], odds[Vectors];
        sum_taps(even, src, bias, evens);
        sum_taps(odd, src, bias, odds);
        unroll<Vectors>([&](auto v) __attribute__((always_inline)) {
            const Interleaved both = interleave(evens[v.value], odds[v.value]);
            store(dst + 2 * v.value * lanes, both.low);
            store(dst + (2 * v.value + 1) * lanes, both.high);
        });
    }
};

/// `columns` elements at `dst`; up to `room` may be written.
template <class Phases>
DWCONV_INLINE void make_row(const Phases& phases, const float* src, float bias, float* dst,
                            std::int64_t columns, std::int64_t room) {
    constexpr int step = Phases::step * lanes;
    std::int64_t x = 0;
    for (; x + 4 * step <= columns; x += 4 * step) {
        phases.template make<4>(src + x / Phases::step, bias, dst + x);
    }
    for (; x + step <= columns || (x < columns && x + step <= room); x += step) {
        phases.template make<1>(src + x / Phases::step, bias, dst + x);
    }
    if (x >= columns) return;
    float part[step];
    phases.template make<1>(src + x / Phases::step, bias, part);
    for (std::int64_t i = 0; x + i < columns; ++i) dst[x + i] = part[i];
}

/// A row of any number of phases: one after the other, each by way of a line.
inline void make_row_by_phases(const TransposedRows& r, std::int64_t phase, const float* src,
                               float* dst) {
    for (std::int64_t p = 0; p < r.column_phases; ++p) {
        const std::int64_t count = (r.columns - p + r.column_stride - 1) / r.column_stride;
        const SinglePhase taps(r, phase + p);
        make_row(taps, src, r.bias, r.line, count, count + lanes - 1);
        for (std::int64_t i = 0; i < count; ++i) dst[p + i * r.column_stride] = r.line[i];
    }
}

void transposed_rows(const TransposedRows& r) {
    const std::int64_t base = r.begin / r.row_stride;
    for (std::int64_t row = r.begin; row < r.end; ++row) {
        const std::int64_t phase = row % r.row_stride * r.column_phases;
        const float* const src = r.src + (row / r.row_stride - base) * r.pitch;
        float* const dst = r.dst + (row - r.begin) * r.dst_pitch;
        const std::int64_t room = r.dst_end - dst;
        if (r.column_stride == 1) {
            make_row(SinglePhase(r, phase), src, r.bias, dst, r.columns, room);
        } else if (r.column_stride == 2 && r.column_phases == 2) {
            make_row(TwoPhases(r, phase), src, r.bias, dst, r.columns, room);
        } else {
            make_row_by_phases(r, phase, src, dst);
        }
        activate_row(*r.activation, dst, r.columns);
    }
}

}  // namespace
}  // namespace dwconv::simd
