#pragma once

// Copies rows to where their columns have no stride. See lanes.hpp on linkage.

#include "simd/lane_repeat.hpp"
#include "simd/lanes.hpp"
#include "simd/planar_shape.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

/// to[i] = from[2 i] for i < 4, without a look at from[7]: shuffling across longer vectors takes
/// longer.
DWCONV_INLINE void copy_four(const float* from, float* to) {
    const Quad four = __builtin_shufflevector(load_quad(from), load_quad(from + 3), 0, 2, 5, 7);
    std::memcpy(to, &four, sizeof four);
}

/// to[i] = from[2 i] for i < count; nothing behind the last of them is read.
inline void copy_every_second(const float* from, std::int64_t count, float* to) {
    std::int64_t i = 0;
    for (; i + 16 <= count; i += 16) {
        copy_four(from + 2 * i, to + i);
        copy_four(from + 2 * i + 8, to + i + 4);
        copy_four(from + 2 * i + 16, to + i + 8);
        copy_four(from + 2 * i + 24, to + i + 12);
    }
    for (; i + 4 <= count; i += 4) copy_four(from + 2 * i, to + i);
    if (i < count && count >= 4) {
        copy_four(from + 2 * (count - 4), to + count - 4);
        return;
    }
    for (; i < count; ++i) to[i] = from[2 * i];
}

/// Columns with all their channels, each repeated.
inline void copy_columns(const PlanarShape& shape, const float* from, std::int64_t count,
                         float* to) {
    const std::int64_t channels = shape.src_channels;
    if (shape.column_stride == 1) {
        repeat_numbers(from, count * channels, shape.multiplier, to);
        return;
    }
    const std::int64_t step = shape.column_stride * channels;
    const std::int64_t made = channels * shape.multiplier;
    for (std::int64_t i = 0; i < count; ++i, from += step, to += made) {
        repeat_numbers(from, channels, shape.multiplier, to);
    }
}

/// Writes zeros wherever gathered rows have no column of the source.
inline void clear_padding(const PlanarShape& shape, std::int64_t rows, float* gathered) {
    for (std::int64_t row = 0; row < rows; ++row) {
        float* const to = gathered + row * shape.row_length;
        std::int64_t begin = 0;
        const auto clear_to = [&](std::int64_t end) {
            std::memset(to + begin, 0, static_cast<std::size_t>(end - begin) * sizeof *to);
        };
        for (std::int64_t p = 0; p < shape.phase_count; ++p) {
            clear_to(shape.phases[p].offset);
            begin = shape.phases[p].offset + shape.phases[p].count * shape.period;
        }
        clear_to(shape.row_length);
    }
}

/// Brings rows of the source into the form that the kernels want.
__attribute__((noinline)) void gather_rows(const PlanarShape& shape, const float* src,
                                           std::int64_t rows, float* gathered) {
    clear_padding(shape, rows, gathered);
    const bool pairs = shape.period == 1 && shape.column_stride == 2;
    for (std::int64_t p = 0; p < shape.phase_count; ++p) {
        const ColumnPhase phase = shape.phases[p];
        const float* from = src + phase.first * shape.src_channels;
        float* to = gathered + phase.offset;
        for (std::int64_t row = 0; row < rows; ++row) {
            if (pairs) {
                copy_every_second(from, phase.count, to);
            } else {
                copy_columns(shape, from, phase.count, to);
            }
            from += shape.src_pitch;
            to += shape.row_length;
        }
    }
}

}  // namespace
}  // namespace dwconv::simd
