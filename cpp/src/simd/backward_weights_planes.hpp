#pragma once

// Sums of products over planes as they lie: a strip of outputs as wide as a vector runs down the
// rows of the source. See lanes.hpp on linkage.

#include "simd/backward_weights.hpp"
#include "simd/backward_weights_rolling.hpp"
#include "simd/lane_columns.hpp"

namespace dwconv::simd {
namespace {

/// What outputs from `begin` on meet in a row of the source by taps that follow one another.
template <int Columns, int Step, bool Masked>
class StripSource {
public:
    StripSource(const RolledPlanes& planes, std::int64_t tap, std::int64_t begin)
        : first_(Step * begin + tap - planes.column_padding) {
        if constexpr (!Masked) return;
        for (int i = 0; i < vectors; ++i) {
            masks_[i] = LaneMask(first_ + place(i), 1, planes.src_columns);
        }
    }

    /// Whether nothing outside the rows is read without masks.
    static bool is_inside(const RolledPlanes& planes, std::int64_t tap, std::int64_t begin) {
        const std::int64_t first = Step * begin + tap - planes.column_padding;
        return first >= 0 && first + place(vectors - 1) + lanes <= planes.src_columns &&
               begin + lanes <= planes.columns;
    }

    /// With a step of 2, lanes are in the order of split_pair().
    DWCONV_INLINE void load_to(Floats (&columns)[Columns], const float* row) const {
        if constexpr (Step == 1) {
            unroll<Columns>([&](auto k) __attribute__((always_inline)) {
                columns[k.value] = load_vector(row, k.value);
            });
        } else {
            unroll<vectors / 2>([&](auto i) __attribute__((always_inline)) {
                constexpr int even = 2 * decltype(i)::value;
                Floats odds;
                split_pair(load_vector(row, even), load_vector(row, even + 1), columns[even], odds);
                if constexpr (even + 1 < Columns) columns[even + 1] = odds;
            });
        }
    }

private:
    /// That are loaded: one for each tap, or pairs of neighbours.
    static constexpr int vectors = Step == 1 ? Columns : Columns + Columns % 2;
    static_assert(Step == 1 || Step == 2);

    static constexpr std::int64_t place(int i) {
        return Step == 1 ? i : i / 2 * 2 + std::int64_t{i % 2} * lanes;
    }
    DWCONV_INLINE Floats load_vector(const float* row, int i) const {
        const float* const from = row + first_ + place(i);
        return Masked ? masks_[i].load(from) : load(from);
    }

    std::int64_t first_;
    LaneMask masks_[vectors];
};

/// The gradients of a strip of outputs, in the same order.
template <int Step, bool Masked>
class StripGradient {
public:
    StripGradient(const RolledPlanes& planes, std::int64_t begin)
        : begin_(begin), pitch_(planes.diff_pitch), mask_(begin, 1, planes.columns) {}

    DWCONV_INLINE Floats load_row(const float* plane, std::int64_t row) const {
        const float* const from = plane + row * pitch_ + begin_;
        const Floats values = Masked ? mask_.load(from) : load(from);
        return Step == 2 ? swap_middle(values) : values;
    }

private:
    std::int64_t begin_;
    std::int64_t pitch_;
    LaneMask mask_;
};

/// Adds the products of a strip of outputs by `Rows` and `Columns` taps from the first one on.
template <int Rows, int Columns, int Step, bool Masked>
__attribute__((noinline)) void add_strip(const RolledPlanes& planes, FirstTap tap,
                                         std::int64_t begin) {
    using Sums = RolledSums<Rows, Columns, Step>;
    const StripSource<Columns, Step, Masked> source(planes, tap.column, begin);
    const StripGradient<Step, Masked> gradient(planes, begin);
    const Rolls<Sums> rolls(planes.begin, planes.end, planes.row_padding - tap.row,
                            planes.src_rows);
    if (rolls.none()) return;
    const float* src = planes.src;
    const float* diff = planes.diff;
    float* to = planes.sums + (tap.row * planes.kernel_columns + tap.column) * lanes;
    for (std::int64_t plane = 0; plane < planes.planes; ++plane) {
        Sums sums;
        rolls.add_to(
            sums, src, planes.src_pitch,
            [&](std::int64_t o)
                __attribute__((always_inline)) { return gradient.load_row(diff, o); },
            [&](Floats(&columns)[Columns], const float* row)
                __attribute__((always_inline)) { source.load_to(columns, row); });
        sums.add_to(to, planes.kernel_columns, 1);
        src += planes.src_step;
        diff += planes.diff_step;
        to += planes.sums_step;
    }
}

template <int Rows, int Columns, int Step>
void add_strips(const RolledPlanes& planes, FirstTap tap) {
    for (std::int64_t begin = 0; begin < planes.columns; begin += lanes) {
        if (StripSource<Columns, Step, false>::is_inside(planes, tap.column, begin)) {
            add_strip<Rows, Columns, Step, false>(planes, tap, begin);
        } else {
            add_strip<Rows, Columns, Step, true>(planes, tap, begin);
        }
    }
}

template <int Step>
void roll_planes(const RolledPlanes& planes) {
    for_parts(
        planes.kernel_rows, planes.kernel_columns,
        [&](std::int64_t row, std::int64_t column, auto r, auto c) __attribute__((always_inline)) {
            add_strips<decltype(r)::value, decltype(c)::value, Step>(planes, {row, column});
        });
}

/// Of floats that follow one another, added to the lanes of a vector.
void add_floats(const float* from, std::int64_t count, float* sum) {
    constexpr int chains = 4;
    Floats sums[chains] = {load(sum)};
    std::int64_t i = 0;
    for (; i + chains * lanes <= count; i += chains * lanes) {
        unroll<chains>([&](auto chain) __attribute__((always_inline)) {
            sums[chain.value] += load(from + i + chain.value * lanes);
        });
    }
    for (; i < count; i += lanes) sums[0] += LaneMask(i, 1, count).load(from + i);
    store(sum, (sums[0] + sums[1]) + (sums[2] + sums[3]));
}

}  // namespace
}  // namespace dwconv::simd
