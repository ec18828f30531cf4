#pragma once

// Kernels whose sums roll. A strip as wide as a vector runs down the rows of the source, each of
// which is loaded once: it is the last of the rows that make one row of the destination, the one
// before the last of the next, and so on. Taps stay in registers, as many as fit. See
// lanes.hpp on linkage.

#include <cstdint>

#include "simd/lane_clamp.hpp"
#include "simd/lane_columns.hpp"
#include "simd/lanes.hpp"
#include "simd/planar_shape.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

/// Some rows of the destination, the same ones of some planes, and the rows of the source that make
/// them.
struct RolledBand {
    const PlanarShape* shape;
    std::int64_t count;  ///< rows of the destination
    std::int64_t lead;   ///< rows of padding before the source
    std::int64_t rows;   ///< of the source, and of padding from there on
    const float* src;
    float* dst;
    const float* add;  ///< or null
    const float* weights;
    const float* bias;
    std::int64_t planes;
    std::int64_t src_step;  ///< from plane to plane
    std::int64_t dst_step;
    /// What is to be read next, from its first row on, and bytes of it for each float of the
    /// source.
    const char* ahead;
    std::int64_t ahead_bytes;
    const float* dst_end;  ///< garbage may be written up to there
};

/// Where the sums of a strip go.
struct StripRows {
    float* dst;
    const float* add;  ///< null: nothing is added
    std::int64_t pitch;
    std::int64_t ahead;  ///< from there to what is to be written next, or 0
    bool clamps;
};

/// The taps of a strip, and which of its lanes they multiply.
template <int Taps, int Step, bool Masked>
struct Roller {
    DWCONV_INLINE Roller(const PlanarShape& shape, std::int64_t begin)
        : dilation(shape.offsets[1] - shape.offsets[0]) {
        if constexpr (!Masked) return;
        unroll<Taps>([&](auto k) __attribute__((always_inline)) {
            const LaneMask mask(Step * begin + shape.offsets[k.value], Step, shape.row_length);
            masks[k.value] = Step == 2 ? mask.reordered(swap_middle) : mask;
        });
    }

    DWCONV_INLINE void load_taps(const float* weights) {
        unroll<Taps * Taps>([&](auto i) __attribute__((always_inline)) {
            taps[i.value] = splat(weights[i.value]);
        });
    }

    /// Adds the products of a row of the source with rows of the taps: with `First` to the first of
    /// the sums, with a row `Distance` before it to each that follows.
    template <int First, int Distance, int Count>
    DWCONV_INLINE void add(const float* row, Floats* sums) const {
        Floats columns[Taps];
        load_columns<Step>(row, dilation, columns);
        unroll<Taps>([&](auto k) __attribute__((always_inline)) {
            constexpr int column = decltype(k)::value;
            Floats source = columns[column];
            if constexpr (Masked) source = masks[column].of(source);
            unroll<Count>([&](auto s) __attribute__((always_inline)) {
                constexpr int tap_row = First - decltype(s)::value * Distance;
                const Floats tap = taps[tap_row * Taps + column];
                if constexpr (Masked) {
                    masks[column].add(sums[s.value], source, tap);
                } else {
                    sums[s.value] += source * tap;
                }
            });
        });
    }

    Floats taps[Taps * Taps];
    LaneMask masks[Taps];
    std::int64_t dilation;
};

/// Of sums that follow one another, the first is complete, and a new one begins.
template <int Count>
DWCONV_INLINE void advance(Floats (&sums)[Count], Floats bias) {
    unroll<Count - 1>([&](auto s)
                          __attribute__((always_inline)) { sums[s.value] = sums[s.value + 1]; });
    sums[Count - 1] = bias;
}

DWCONV_INLINE void put(const PlanarShape& shape, Floats sum, StripRows& to) {
    if (__builtin_expect(to.add != nullptr, 0)) {
        sum += load(to.add);
        to.add += to.pitch;
    }
    if (to.clamps) sum = Clamp<true>(shape.activation)(sum);
    store(to.dst, sum);
    if (__builtin_expect(to.ahead != 0, 0)) __builtin_prefetch(to.dst + to.ahead, 1);
    to.dst += to.pitch;
}

/// The strip of one plane, without a stride.
template <int Taps, class Roller>
DWCONV_INLINE void roll(const RolledBand& band, const Roller& roller, Floats bias, const float* row,
                        const char* ahead, StripRows to) {
    const PlanarShape& shape = *band.shape;
    const std::int64_t ahead_pitch = shape.src_pitch * band.ahead_bytes;
    Floats sums[Taps];
    unroll<Taps>([&](auto s) __attribute__((always_inline)) { sums[s.value] = bias; });
    const auto add_row = [&]() __attribute__((always_inline)) {
        roller.template add<Taps - 1, 1, Taps>(row, sums);
        __builtin_prefetch(ahead);
        row += shape.src_pitch;
        ahead += ahead_pitch;
    };
    // The first rows complete none of the destination. Padding adds nothing.
    std::int64_t left = band.rows;
    for (std::int64_t i = band.lead; i < Taps - 1; ++i) {
        if (left-- > 0) add_row();
        advance(sums, bias);
    }
    const std::int64_t whole = clamp_to(left, 0, band.count);
    for (std::int64_t i = 0; i < whole; ++i) {
        add_row();
        put(shape, sums[0], to);
        advance(sums, bias);
    }
    for (std::int64_t i = whole; i < band.count; ++i) {
        put(shape, sums[0], to);
        advance(sums, bias);
    }
}

/// The same with a stride of 2: every second row of the source completes one of the destination.
template <int Taps, class Roller>
DWCONV_INLINE void roll_by_two(const RolledBand& band, const Roller& roller, Floats bias,
                               const float* row, const char* ahead, StripRows to) {
    const PlanarShape& shape = *band.shape;
    const std::int64_t ahead_pitch = shape.src_pitch * band.ahead_bytes;
    constexpr int count = (Taps + 1) / 2;
    Floats sums[count];
    unroll<count>([&](auto s) __attribute__((always_inline)) { sums[s.value] = bias; });
    // Of rows counted from the first one, padding too; padding adds nothing.
    const std::int64_t end = band.lead + band.rows;
    row -= band.lead * shape.src_pitch;
    ahead -= band.lead * ahead_pitch;
    for (std::int64_t i = 0; i < 2 * (band.count + count - 1); i += 2) {
        if (i > band.lead && i <= end) {
            roller.template add<Taps - 2, 2, count - 1>(row - shape.src_pitch, sums);
        }
        if (i >= band.lead && i < end) roller.template add<Taps - 1, 2, count>(row, sums);
        __builtin_prefetch(ahead);
        __builtin_prefetch(ahead + ahead_pitch);
        row += 2 * shape.src_pitch;
        ahead += 2 * ahead_pitch;
        if (i >= 2 * (count - 1)) put(shape, swap_middle(sums[0]), to);
        advance(sums, bias);
    }
}

}  // namespace
}  // namespace dwconv::simd
