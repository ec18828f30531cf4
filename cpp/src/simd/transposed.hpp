#pragma once

// Kernels of transposed convolution, which is also the gradient of a convolution by its source: a
// row of the destination is made of as many phases as the stride, and each phase is a convolution
// with stride 1 by the taps that fall on it. Plain data and pointers only: files that are compiled
// for a newer processor include this.

#include <cstdint>

#include "simd/fused_activation.hpp"
#include "simd/level.hpp"

namespace dwconv::simd {

/// Rows of one plane.
struct TransposedRows {
    /// Where the offsets of row `begin` start. Zeros stand for what is outside the source, and a
    /// vector beyond what a row needs can be read.
    const float* src;
    std::int64_t pitch;  ///< from the sources of one row to those of the row a stride below
    /// Of each tap, and its weight; those of row phase r and column phase c from
    /// first[r · column phases + c] on, up to the next one's.
    const std::int64_t* offsets;
    const float* weights;
    const std::int64_t* first;
    std::int64_t row_stride;
    std::int64_t column_stride;
    std::int64_t column_phases;  ///< the stride, or the columns where they are fewer
    std::int64_t begin;          ///< rows of the destination, the end excluded
    std::int64_t end;
    std::int64_t columns;
    float bias;
    const FusedActivation* activation;
    float* dst;  ///< row `begin`
    std::int64_t dst_pitch;
    /// Up to here, what follows a row may be overwritten, as it is still to be written.
    const float* dst_end;
    float* line;  ///< for one phase of a row, up to whole vectors
};

/// One row of channels-last memory.
struct TransposedPixels {
    /// The rows of the source that take part, and the rows {kernel width, channels} of the weights
    /// that they are multiplied by.
    const float* const* src;
    const float* const* weights;
    std::int64_t rows;
    /// Of each tap, the floats to its pixel in a row of the source, and to its weights; those of
    /// column x from first[x] on, up to the next one's.
    const std::int64_t* src_offsets;
    const std::int64_t* weight_offsets;
    const std::int64_t* first;
    std::int64_t columns;
    std::int64_t channels;  ///< no fewer than `lanes` of the kernels
    const float* bias;      ///< null for none
    const FusedActivation* activation;
    float* dst;
};

/// The kernels of one instruction set.
struct TransposedKernels {
    const char* name;
    std::int64_t lanes;
    void (*rows)(const TransposedRows& rows);
    void (*pixels)(const TransposedPixels& pixels);
};

const TransposedKernels& transposed_kernels_for(Level level) noexcept;

}  // namespace dwconv::simd
