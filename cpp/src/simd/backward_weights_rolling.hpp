#pragma once

// Sums of products over planes as they lie. A strip of outputs as wide as a vector runs down the
// rows of the source, each of which is loaded once: it meets the gradients of the last few rows of
// outputs, which stay in registers, as the sums of all taps do. See lanes.hpp on linkage.

#include "simd/backward_weights.hpp"
#include "simd/lane_columns.hpp"
#include "simd/lanes.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

/// Some of a kernel's taps, as many as a template says.
struct FirstTap {
    std::int64_t row;
    std::int64_t column;
};

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

/// Sums of some rows of taps, and the gradients of the outputs that the rows of the source meet by
/// them: the one of row t, counted with the padding, by tap i is that of output (t - i) / Step.
template <int Rows, int Columns, int Step>
struct RolledSums {
    static constexpr int kept = (Rows - 1) / Step + 1;

    DWCONV_INLINE void advance(Floats next) {
        unroll<kept - 1>([&](auto i) __attribute__((always_inline)) {
            constexpr int to = kept - 1 - decltype(i)::value;
            gradients[to] = gradients[to - 1];
        });
        gradients[0] = next;
    }

    /// `Phase` is the remainder of t.
    template <int Phase>
    DWCONV_INLINE void add(const Floats (&columns)[Columns]) {
        constexpr int count = (Rows - Phase + Step - 1) / Step;
        unroll<count>([&](auto i) __attribute__((always_inline)) {
            unroll<Columns>([&](auto k) __attribute__((always_inline)) {
                sums[decltype(i)::value * Step + Phase][k.value] +=
                    columns[k.value] * gradients[i.value];
            });
        });
    }

    /// `pitch`: vectors from one row of taps to the next.
    DWCONV_INLINE void add_to(float* to, std::int64_t pitch) const {
        unroll<Rows>([&](auto i) __attribute__((always_inline)) {
            unroll<Columns>([&](auto k) __attribute__((always_inline)) {
                float* const at = to + (decltype(i)::value * pitch + k.value) * lanes;
                store(at, load(at) + sums[i.value][k.value]);
            });
        });
    }

    Floats gradients[kept] = {};
    Floats sums[Rows][Columns] = {};
};

/// Adds the products of a strip of outputs by `Rows` and `Columns` taps from the first one on.
template <int Rows, int Columns, int Step, bool Masked>
__attribute__((noinline)) void add_strip(const RolledPlanes& planes, FirstTap tap,
                                         std::int64_t begin) {
    using Sums = RolledSums<Rows, Columns, Step>;
    const StripSource<Columns, Step, Masked> source(planes, tap.column, begin);
    const StripGradient<Step, Masked> gradient(planes, begin);
    // Row i of the source is row i + padding of those that these taps meet.
    const std::int64_t padding = planes.row_padding - tap.row;
    const std::int64_t first = clamp_to(planes.begin * Step - padding, 0, planes.src_rows);
    const std::int64_t last =
        clamp_to((planes.end - 1) * Step + Rows - padding, first, planes.src_rows);
    if (first == last) return;
    const std::int64_t output = (first + padding) / Step;
    const std::int64_t output_end = (last - 1 + padding) / Step + 1;
    const float* src = planes.src;
    const float* diff = planes.diff;
    float* to = planes.sums + (tap.row * planes.kernel_columns + tap.column) * lanes;
    for (std::int64_t plane = 0; plane < planes.planes; ++plane) {
        Sums sums;
        const auto advance = [&](std::int64_t o) __attribute__((always_inline)) {
            const bool counts = o >= planes.begin && o < planes.end;
            sums.advance(counts ? gradient.load_row(diff, o) : Floats{});
        };
        for (std::int64_t o = output - Sums::kept + 1; o < output; ++o) advance(o);
        const float* row = src + (output * Step - padding) * planes.src_pitch;
        for (std::int64_t o = output; o < output_end; ++o) {
            advance(o);
            unroll<Step>([&](auto phase) __attribute__((always_inline)) {
                constexpr int p = decltype(phase)::value;
                const std::int64_t i = o * Step + p - padding;
                if (Step == 1 || (i >= first && i < last)) {
                    Floats columns[Columns];
                    source.load_to(columns, row);
                    // Else GCC 12 loads them again for each row of taps.
                    for (Floats& column : columns) __asm__("" : "+v"(column));
                    sums.template add<p>(columns);
                }
                row += planes.src_pitch;
            });
        }
        sums.add_to(to, planes.kernel_columns);
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

/// Taps whose sums stay in registers, beside what they are made of.
constexpr std::int64_t most_rolled_columns = 4;
#if defined(__AVX512F__)
constexpr std::int64_t most_rolled_rows = 4;
#else
constexpr std::int64_t most_rolled_rows = 3;
#endif

/// Calls body(Constant<value>()) for a value of 1 to `Most`.
template <int Most, class Body>
DWCONV_INLINE void with_constant(std::int64_t value, const Body& body) {
    unroll<Most>([&](auto i) __attribute__((always_inline)) {
        constexpr int count = decltype(i)::value + 1;
        if (value == count) body(Constant<count>());
    });
}

/// The next part of so many that are left, as even as can be.
inline std::int64_t part_of(std::int64_t left, std::int64_t most) {
    const std::int64_t parts = (left + most - 1) / most;
    return (left + parts - 1) / parts;
}

template <int Step>
void roll_planes(const RolledPlanes& planes) {
    std::int64_t rows, columns;
    for (std::int64_t row = 0; row < planes.kernel_rows; row += rows) {
        rows = part_of(planes.kernel_rows - row, most_rolled_rows);
        for (std::int64_t column = 0; column < planes.kernel_columns; column += columns) {
            columns = part_of(planes.kernel_columns - column, most_rolled_columns);
            with_constant<most_rolled_rows>(rows, [&](auto r) __attribute__((always_inline)) {
                with_constant<most_rolled_columns>(
                    columns, [&](auto c) __attribute__((always_inline)) {
                        add_strips<decltype(r)::value, decltype(c)::value, Step>(planes,
                                                                                 {row, column});
                    });
            });
        }
    }
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
