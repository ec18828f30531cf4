#pragma once

// Adds the products with a column of the kernel to sums of some rows. See lanes.hpp on linkage.

#include "simd/lane_columns.hpp"
#include "simd/lanes.hpp"
#include "simd/planar_shape.hpp"
#include "simd/rows_read.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

/// Instead of a number of taps: any number, with rows of the source that are shared, or not.
inline constexpr int any_taps = -1;
inline constexpr int unshared_taps = 0;

template <bool Periodic>
inline Floats load_weights(const float* from) {
    return Periodic ? load(from) : splat(*from);
}

/// Adds one column of the kernel to all sums; each source vector is loaded once.
template <int Taps, int Stride, int Rows, bool Periodic, class Loader>
DWCONV_INLINE void add_column(const float* const* rows, std::int64_t offset, const float* weights,
                              std::int64_t weights_pitch, const Loader& load_source,
                              Floats (&sums)[Rows]) {
    Floats taps[Taps];
    unroll<Taps>([&](auto tap) __attribute__((always_inline)) {
        taps[tap.value] = load_weights<Periodic>(weights + tap.value * weights_pitch);
    });
    unroll<rows_read(Rows, Stride, Taps)>([&](auto input) __attribute__((always_inline)) {
        const Floats source = load_source(rows[input.value] + offset);
        unroll<Rows>([&](auto row) __attribute__((always_inline)) {
            constexpr int tap = decltype(input)::value - row.value * Stride;
            if constexpr (tap >= 0 && tap < Taps) {
                load_source.add(sums[row.value], source, taps[tap]);
            }
        });
    });
}

/// The same for any number of taps without a stride. A window of source vectors, one for each sum,
/// moves down with the taps: each tap, too, is loaded once.
template <int Rows, bool Periodic, class Loader>
DWCONV_INLINE void add_column_of_any(const PlanarShape& shape, const float* const* rows,
                                     std::int64_t offset, const float* weights,
                                     const Loader& load_source, Floats (&sums)[Rows]) {
    Floats window[Rows];
    const auto load_next = [&](auto place) __attribute__((always_inline)) {
        window[place.value] = load_source(*rows++ + offset);
        keep(window[place.value]);
    };
    const auto add_tap = [&](auto shift) __attribute__((always_inline)) {
        load_next(Constant<(Rows - 1 + decltype(shift)::value) % Rows>());
        Floats tap = load_weights<Periodic>(weights);
        keep(tap);
        weights += shape.weights_pitch;
        unroll<Rows>([&](auto row) __attribute__((always_inline)) {
            constexpr int place = (decltype(row)::value + decltype(shift)::value) % Rows;
            load_source.add(sums[row.value], window[place], tap);
        });
    };
    unroll<Rows - 1>(load_next);
    std::int64_t left = shape.kernel_rows;
    for (; left >= Rows; left -= Rows) unroll<Rows>(add_tap);
    unroll<Rows - 1>([&](auto shift) __attribute__((always_inline)) {
        if (decltype(shift)::value < left) add_tap(shift);
    });
}

/// The same for any stride, where each sum loads its own sources.
template <int Rows, bool Periodic, class Loader>
DWCONV_INLINE void add_column_unshared(const PlanarShape& shape, const float* const* rows,
                                       std::int64_t offset, const float* weights,
                                       const Loader& load_source, Floats (&sums)[Rows]) {
    for (std::int64_t t = 0; t < shape.kernel_rows; ++t, rows += Rows) {
        const Floats tap = load_weights<Periodic>(weights + t * shape.weights_pitch);
        unroll<Rows>([&](auto row) __attribute__((always_inline)) {
            load_source.add(sums[row.value], load_source(rows[row.value] + offset), tap);
        });
    }
}

}  // namespace
}  // namespace dwconv::simd
