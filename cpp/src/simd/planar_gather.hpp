#pragma once

// Copies rows to where their columns have no stride. See lanes.hpp on linkage.

#include "simd/lanes.hpp"
#include "simd/planar_shape.hpp"

namespace dwconv::simd {
namespace {

inline std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

inline std::int64_t clamp_to(std::int64_t value, std::int64_t low, std::int64_t high) {
    return value < low ? low : value > high ? high : value;
}

inline void fill_zeros(float* to, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) to[i] = 0.0f;
}

inline Floats even_lanes(Floats a, Floats b) {
#if defined(__AVX512F__)
    return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
#elif defined(__AVX2__)
    return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14);
#else
    return __builtin_shufflevector(a, b, 0, 2, 4, 6);
#endif
}

/// to[i] = from[2 i] for i < count; nothing behind the last of them is read.
inline void copy_every_second(const float* from, std::int64_t count, float* to) {
    std::int64_t i = 0;
    for (; i + lanes < count; i += lanes) {
        store(to + i, even_lanes(load(from + 2 * i), load(from + 2 * i + lanes)));
    }
    for (; i < count; ++i) to[i] = from[2 * i];
}

/// Columns `first`, first + stride, …, `count` of them, all inside the row.
inline void copy_columns(const PlanarShape& shape, const float* row, std::int64_t first,
                         std::int64_t count, float* to) {
    const std::int64_t channels = shape.src_channels;
    const float* from = row + first * channels;
    if (shape.period == 1) {
        if (shape.column_stride == 2) {
            copy_every_second(from, count, to);
        } else {
            for (std::int64_t i = 0; i < count; ++i) to[i] = from[i * shape.column_stride];
        }
        return;
    }
    const std::int64_t step = shape.column_stride * channels;
    for (std::int64_t i = 0; i < count; ++i, from += step) {
        for (std::int64_t c = 0; c < channels; ++c) {
            for (std::int64_t m = 0; m < shape.multiplier; ++m) *to++ = from[c];
        }
    }
}

/// Brings one row of the source into the form that the kernels want.
inline void gather_row(const PlanarShape& shape, const float* row, float* to) {
    for (std::int64_t p = 0; p < shape.phase_count; ++p) {
        const ColumnPhase& phase = shape.phases[p];
        // Column i of the phase is column first + i · stride - padding of the row.
        const std::int64_t before = shape.column_padding - phase.first;
        const std::int64_t begin =
            before <= 0 ? 0 : clamp_to(ceil_div(before, shape.column_stride), 0, phase.count);
        const std::int64_t room = shape.src_columns + before;
        const std::int64_t end =
            room <= 0 ? begin : clamp_to(ceil_div(room, shape.column_stride), begin, phase.count);
        float* const place = to + phase.offset;
        fill_zeros(place, begin * shape.period);
        copy_columns(shape, row, begin * shape.column_stride - before, end - begin,
                     place + begin * shape.period);
        fill_zeros(place + end * shape.period, (phase.count - end) * shape.period);
    }
}

}  // namespace
}  // namespace dwconv::simd
