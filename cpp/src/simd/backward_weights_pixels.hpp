#pragma once

// Sums of products over pixels as they lie: a vector of channels runs along the columns of the
// source. See lanes.hpp on linkage.

#include "simd/backward_weights.hpp"
#include "simd/backward_weights_rolling.hpp"

namespace dwconv::simd {
namespace {

/// Adds the products of pixels by `Rows` and `Columns` taps from the first one on.
template <int Rows, int Columns, int Step>
__attribute__((noinline)) void add_pixels(const RolledPixels& pixels, FirstTap tap) {
    // Along a row, what rolls is its columns.
    using Sums = RolledSums<Columns, Rows, Step>;
    const Rolls<Sums> rolls(pixels.begin, pixels.end, pixels.column_padding - tap.column,
                            pixels.src_columns);
    if (rolls.none()) return;
    const float* src = pixels.src + tap.row * pixels.src_tap_step;
    const float* diff = pixels.diff;
    Sums sums;
    for (std::int64_t row = 0; row < pixels.rows; ++row) {
        rolls.add_to(
            sums, src, pixels.src_pitch,
            [&](std::int64_t o)
                __attribute__((always_inline)) { return load(diff + o * pixels.diff_pitch); },
            [&](Floats(&taps)[Rows], const float* column) __attribute__((always_inline)) {
                unroll<Rows>([&](auto k) __attribute__((always_inline)) {
                    taps[k.value] = load(column + k.value * pixels.src_tap_step);
                });
            });
        src += pixels.src_row_step;
        diff += pixels.diff_row_step;
    }
    sums.add_to(pixels.sums + (tap.row * pixels.kernel_columns + tap.column) * lanes, 1,
                pixels.kernel_columns);
}

template <int Step>
void roll_pixels(const RolledPixels& pixels) {
    for_parts(
        pixels.kernel_columns, pixels.row_taps,
        [&](std::int64_t column, std::int64_t row, auto c, auto r) __attribute__((always_inline)) {
            add_pixels<decltype(r)::value, decltype(c)::value, Step>(pixels, {row, column});
        });
}

/// Of vectors, `step` floats apart, added to another.
void add_vectors(const float* from, std::int64_t step, std::int64_t count, float* sum) {
    Floats sums[2] = {load(sum)};
    std::int64_t i = 0;
    for (; i + 2 <= count; i += 2) {
        sums[0] += load(from + i * step);
        sums[1] += load(from + (i + 1) * step);
    }
    if (i < count) sums[0] += load(from + i * step);
    store(sum, sums[0] + sums[1]);
}

}  // namespace
}  // namespace dwconv::simd
