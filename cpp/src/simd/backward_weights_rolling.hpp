#pragma once

// Sums of products over memory as it lies, read once: each row of the source meets the gradients of
// the last few rows of outputs, which stay in registers, as the sums of all taps do. What is called
// a row here may be one of a plane, or a column of pixels. See lanes.hpp on linkage.

#include "simd/lanes.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

/// Some of a kernel's taps, as many as a template says.
struct FirstTap {
    std::int64_t row;
    std::int64_t column;
};

/// Sums of some rows of taps, and the gradients of the outputs that the rows of the source meet by
/// them: the one of row t, counted with the padding, by tap i is that of output (t - i) / Step.
template <int Rows, int Columns, int Step>
struct RolledSums {
    static constexpr int row_taps = Rows;
    static constexpr int column_taps = Columns;
    static constexpr int step = Step;
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

    /// Pitches: vectors from one row of taps to the next, and from one column to the next.
    DWCONV_INLINE void add_to(float* to, std::int64_t row_pitch, std::int64_t column_pitch) const {
        unroll<Rows>([&](auto i) __attribute__((always_inline)) {
            unroll<Columns>([&](auto k) __attribute__((always_inline)) {
                float* const at =
                    to + (decltype(i)::value * row_pitch + k.value * column_pitch) * lanes;
                store(at, load(at) + sums[i.value][k.value]);
            });
        });
    }

    Floats gradients[kept] = {};
    Floats sums[Rows][Columns] = {};
};

/// The rows of the source that some rows of outputs meet by some rows of taps, and the outputs that
/// end a window of gradients when those rows are met.
template <class Sums>
class Rolls {
public:
    /// Row i of the source is row i + padding of those that the taps meet.
    Rolls(std::int64_t begin, std::int64_t end, std::int64_t padding, std::int64_t elements)
        : begin_(begin),
          end_(end),
          padding_(padding),
          first_(clamp_to(begin * Sums::step - padding, 0, elements)),
          last_(clamp_to((end - 1) * Sums::step + Sums::row_taps - padding, first_, elements)) {}

    bool none() const { return first_ == last_; }

    /// `src` is row 0 of the source; gradient(o) is that of output o, and source(row) the columns
    /// of a row.
    template <class Gradient, class Source>
    DWCONV_INLINE void add_to(Sums& sums, const float* src, std::int64_t pitch,
                              const Gradient& gradient, const Source& source) const {
        const auto advance = [&](std::int64_t o) __attribute__((always_inline)) {
            sums.advance(o >= begin_ && o < end_ ? gradient(o) : Floats{});
        };
        const std::int64_t output = (first_ + padding_) / Sums::step;
        const std::int64_t output_end = (last_ - 1 + padding_) / Sums::step + 1;
        for (std::int64_t o = output - Sums::kept + 1; o < output; ++o) advance(o);
        const float* row = src + (output * Sums::step - padding_) * pitch;
        for (std::int64_t o = output; o < output_end; ++o) {
            advance(o);
            unroll<Sums::step>([&](auto phase) __attribute__((always_inline)) {
                constexpr int p = decltype(phase)::value;
                const std::int64_t i = o * Sums::step + p - padding_;
                if (Sums::step == 1 || (i >= first_ && i < last_)) {
                    Floats columns[Sums::column_taps];
                    source(columns, row);
                    // Else GCC 12 loads them again for each row of taps.
                    for (Floats& column : columns) __asm__("" : "+v"(column));
                    sums.template add<p>(columns);
                }
                row += pitch;
            });
        }
    }

private:
    std::int64_t begin_;
    std::int64_t end_;
    std::int64_t padding_;
    std::int64_t first_;
    std::int64_t last_;
};

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

/// Calls body(rolled tap, other tap, Constant<of those that roll>(), Constant<of the others>()) for
/// the first taps of all parts of a kernel.
template <class Body>
DWCONV_INLINE void for_parts(std::int64_t rolled, std::int64_t others, const Body& body) {
    std::int64_t rows, columns;
    for (std::int64_t row = 0; row < rolled; row += rows) {
        rows = part_of(rolled - row, most_rolled_rows);
        for (std::int64_t column = 0; column < others; column += columns) {
            columns = part_of(others - column, most_rolled_columns);
            with_constant<most_rolled_rows>(rows, [&](auto r) __attribute__((always_inline)) {
                with_constant<most_rolled_columns>(
                    columns,
                    [&](auto c) __attribute__((always_inline)) { body(row, column, r, c); });
            });
        }
    }
}

}  // namespace
}  // namespace dwconv::simd
