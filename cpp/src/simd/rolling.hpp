#pragma once

// Sums that roll. A strip as wide as a vector runs down the rows of the source, each of which is
// loaded once: it is the last of the rows that make one row of the destination, the one before the
// last of the next, and so on. Where lanes are channels, it runs along the columns, which then are
// what is called rows here. See lanes.hpp on linkage.

#include <cstdint>

#include "simd/rows_read.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

/// What makes some rows of the destination, or columns, one after the other.
struct Roll {
    std::int64_t count;  ///< of the destination
    std::int64_t lead;   ///< rows of padding before the source
    std::int64_t rows;   ///< of the source, and of padding from there on

    /// For `count` rows of the destination with a stride and so many taps, of which the first
    /// begins at `top` of the source; rows outside are padding.
    static Roll of(std::int64_t count, std::int64_t stride, std::int64_t taps, std::int64_t top,
                   std::int64_t src_rows) {
        const std::int64_t begin = top < 0 ? 0 : top;
        const std::int64_t bottom = top + rows_read(count, stride, taps);
        const std::int64_t end = bottom < src_rows ? bottom : src_rows;
        return {count, begin - top, end > begin ? end - begin : 0};
    }
};

/// Of sums that follow one another, the first is complete, and a new one begins.
template <class Sum, int Count>
DWCONV_INLINE void advance(Sum (&sums)[Count], Sum bias) {
    unroll<Count - 1>([&](auto s)
                          __attribute__((always_inline)) { sums[s.value] = sums[s.value + 1]; });
    sums[Count - 1] = bias;
}

/// A strip, without a stride: `put` takes each sum that is complete. Padding adds nothing. (`band`
/// is a copy: the compiler is to know that what is written does not change it.)
template <int Taps, class Sum, class Roller, class Source, class Put>
DWCONV_INLINE void roll(Roll band, const Roller& roller, Sum bias, Source source, const Put& put) {
    Sum sums[Taps];
    unroll<Taps>([&](auto s) __attribute__((always_inline)) { sums[s.value] = bias; });
    const auto add_row = [&]() __attribute__((always_inline)) {
        roller.template add<Taps - 1, 1, Taps>(source.at, sums);
        source.next();
    };
    // The first rows complete none of the destination.
    std::int64_t left = band.rows;
    for (std::int64_t i = band.lead; i < Taps - 1; ++i) {
        if (left-- > 0) add_row();
        advance(sums, bias);
    }
    const std::int64_t whole = left < 0 ? 0 : left < band.count ? left : band.count;
    for (std::int64_t i = 0; i < whole; ++i) {
        add_row();
        put(sums[0]);
        advance(sums, bias);
    }
    for (std::int64_t i = whole; i < band.count; ++i) {
        put(sums[0]);
        advance(sums, bias);
    }
}

/// The same with a stride of 2: every second row of the source completes one of the destination.
template <int Taps, class Sum, class Roller, class Source, class Put>
DWCONV_INLINE void roll_by_two(Roll band, const Roller& roller, Sum bias, Source source,
                               const Put& put) {
    constexpr int count = (Taps + 1) / 2;
    constexpr std::int64_t first_done = 2 * (count - 1);
    Sum sums[count];
    unroll<count>([&](auto s) __attribute__((always_inline)) { sums[s.value] = bias; });
    const auto add_two = [&](bool above, bool here, bool done) __attribute__((always_inline)) {
        if (above) {
            roller.template add<Taps - 2, 2, count - 1>(source.at - source.pitch, sums);
        }
        if (here) roller.template add<Taps - 1, 2, count>(source.at, sums);
        source.next();
        source.next();
        if (done) put(sums[0]);
        advance(sums, bias);
    };
    // Of rows counted from the first one, padding too. Most need not be looked at one by one.
    const std::int64_t end = band.lead + band.rows;
    const std::int64_t last = first_done + 2 * band.count;
    const std::int64_t inside = band.lead + 2 - band.lead % 2;
    const std::int64_t whole = inside > first_done ? inside : first_done;
    const std::int64_t whole_end = end < last ? end : last;
    const std::int64_t outside = band.lead + band.lead % 2;
    const std::int64_t first = outside < first_done ? outside : first_done;
    source.skip(first - band.lead);
    for (std::int64_t i = first; i < last; i += 2) {
        if (i == whole) {
            for (; i < whole_end; i += 2) add_two(true, true, true);
            if (i >= last) return;
        }
        add_two(i > band.lead && i <= end, i >= band.lead && i < end, i >= first_done);
    }
}

}  // namespace
}  // namespace dwconv::simd
