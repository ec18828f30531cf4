#pragma once

// Kernels of the gradient of a convolution by its weights. Plain data and pointers only: files that
// are compiled for a newer processor include this.
//
// The lanes of a vector are either neighbours in a row, of one channel, or channels of one pixel.
// Blocks of taps read source and gradient from scratch memory as rows of vectors, which have the
// one or the other: the loops are the same. Rolled planes and pixels are read as they lie.

#include <cstdint>

#include "simd/level.hpp"

namespace dwconv::simd {

/// Taps whose products are summed at the same time, and the rows that they are summed over.
struct WeightsBlock {
    /// Row t of the source is src[t · src_row_step].
    const float* const* src;
    std::int64_t src_row_step;
    /// The gradient that row t of the source meets by row tap i is diff[t - row_taps[i]].
    const float* const* diff;
    const std::int64_t* row_taps;
    /// Floats from the beginning of a row of the source to the first vector of each column tap.
    const std::int64_t* column_taps;
    std::int64_t rows;
    std::int64_t columns;   ///< vectors of a row of the gradient
    std::int64_t src_step;  ///< floats from one vector of the source to the next
    /// {row taps, column taps} vectors, to be added to.
    float* sums;
};

using SumBlock = void (*)(const WeightsBlock& block);

/// Planes whose products are summed as they lie, without a copy, for all taps of a kernel. Outputs
/// are as far apart in rows as in columns, and taps follow one another.
struct RolledPlanes {
    const float* src;  ///< row 0, column 0 of the first plane
    std::int64_t src_pitch;
    std::int64_t src_step;  ///< from plane to plane
    std::int64_t src_rows;
    std::int64_t src_columns;
    const float* diff;  ///< output 0 of the first plane
    std::int64_t diff_pitch;
    std::int64_t diff_step;
    std::int64_t begin;  ///< rows of outputs that count, the end excluded
    std::int64_t end;
    std::int64_t columns;         ///< outputs of a row
    std::int64_t row_padding;     ///< before the source
    std::int64_t column_padding;  ///< before the source
    std::int64_t kernel_rows;
    std::int64_t kernel_columns;
    std::int64_t planes;
    /// {kernel rows, kernel columns} vectors of the first plane, to be added to.
    float* sums;
    std::int64_t sums_step;  ///< from plane to plane
};

using RollPlanes = void (*)(const RolledPlanes& planes);

/// Pixels of a vector of channels, whose products are summed as they lie. Column taps follow one
/// another.
struct RolledPixels {
    const float* src;  ///< column 0 of what the first row of outputs meets by the first row tap
    std::int64_t src_row_step;  ///< from there to what the next row of outputs meets
    std::int64_t src_tap_step;  ///< from there to what the next row tap meets
    std::int64_t src_pitch;     ///< from column to column
    std::int64_t src_columns;
    const float* diff;  ///< column 0 of the first row of outputs
    std::int64_t diff_row_step;
    std::int64_t diff_pitch;
    std::int64_t rows;   ///< of outputs
    std::int64_t begin;  ///< columns of outputs that count, the end excluded
    std::int64_t end;
    std::int64_t column_padding;  ///< before the source
    std::int64_t row_taps;
    std::int64_t kernel_columns;
    /// {row taps, kernel columns} vectors, to be added to.
    float* sums;
};

using RollPixels = void (*)(const RolledPixels& pixels);

/// The largest stride of what rolls: rows of RolledPlanes, columns of RolledPixels.
inline constexpr int most_rolled_stride = 2;

/// The most row taps and column taps that a block of any instruction set has.
inline constexpr int most_row_taps = 4;
inline constexpr int most_column_taps = 8;

/// The kernels of one instruction set.
struct WeightsKernels {
    const char* name;
    std::int64_t lanes;
    std::int64_t row_taps;  ///< the most of a block
    /// By the number of row taps and of column taps, less 1; null where there are not enough
    /// registers.
    SumBlock sum[most_row_taps][most_column_taps];
    /// By the stride, less 1; null where there are none.
    RollPlanes roll_planes[most_rolled_stride];
    /// By the stride, less 1.
    RollPixels roll_pixels[most_rolled_stride];
    /// to[i] += all lanes of vector i of `sums`, which is set to 0.
    void (*add_all_lanes)(float* sums, double* to, std::int64_t count);
    /// to[i · lanes + lane] += the lane of vector i of `sums`, which is set to 0.
    void (*add_lanes)(float* sums, double* to, std::int64_t count);
    /// to[i] = from[i · step], single floats.
    void (*gather)(const float* from, std::int64_t step, float* to, std::int64_t count);
    /// The vector at to + places[i] has the floats from[i · step + lane · lane_step].
    void (*gather_vectors)(const float* from, std::int64_t step, std::int64_t lane_step, float* to,
                           const std::int64_t* places, std::int64_t count);
    /// Adds floats that follow one another to the lanes of a vector.
    void (*add_floats)(const float* from, std::int64_t count, float* sum);
    /// Adds `count` vectors, `step` floats apart, to a vector.
    void (*add_vectors)(const float* from, std::int64_t step, std::int64_t count, float* sum);
};

const WeightsKernels& weights_kernels_for(Level level) noexcept;

}  // namespace dwconv::simd
