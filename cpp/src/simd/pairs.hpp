#pragma once

#include <cstdint>

#include "simd/level.hpp"

namespace dwconv::simd {

/// The most rows of the destination down which sums roll at a time.
inline constexpr std::int64_t most_pair_rows = 64;
/// Channels of channels-last memory, and of planes bytes of a row, that are computed at once.
inline constexpr std::int64_t pair_bytes = 16;
/// So many bytes may be read before and behind the rows of a plane.
inline constexpr std::int64_t pair_margin = 32;

/// A convolution of bytes with a square kernel of 3 or 5 rows and a stride of 1 or 2. Less their
/// zero point they are numbers of 16 bits, as weights are; a pair of them is multiplied by a pair
/// of weights, and the products added up, by one instruction, with exact integers of 32 bits.
struct PairShape {
    std::int64_t taps;
    std::int64_t stride;
    std::int64_t src_rows;
    std::int64_t src_columns;
    std::int64_t src_pitch;  ///< bytes of a row
    std::int64_t dst_rows;
    std::int64_t dst_columns;
    std::int64_t dst_pitch;
    std::int64_t row_padding;
    std::int64_t column_padding;
    /// Of channels-last memory.
    std::int64_t channels;
    /// Planes of the destination made of one of the source.
    std::int64_t multiplier;
    bool src_signed;
    bool dst_signed;

    /// Of the kernel: columns of planes, rows of channels-last memory.
    std::int64_t pairs() const noexcept { return (taps + 1) / 2; }
};

/// Weights, and how sums become bytes: round(sum · multiplier) + zero, saturated.
struct PairNumbers {
    std::int32_t src_zero;
    std::int32_t dst_zero;
    const float* multipliers;
    const std::int32_t* bias;
    bool is_large;  ///< sums with the bias, or their products, may be beyond int32
    /// Two int16 each. Of each plane {rows, columns of the destination that share a pair, pairs of
    /// columns}; of each 16 channels {pairs of rows, columns, rows of the destination that share a
    /// pair, channels in the order of channel_at()}.
    const std::int32_t* weights;
};

/// The channel among 16 of channels-last memory that is at `place` in packed numbers.
constexpr std::int64_t channel_at(std::int64_t place) {
    return place % 8 / 4 * 8 + place / 8 * 4 + place % 4;
}

/// Rows of the destination of planes that follow one another.
struct PairPlanes {
    const std::uint8_t* src;  ///< the first plane of the source, or where it would begin
    std::uint8_t* dst;        ///< the first of the destination's
    std::int64_t first;       ///< planes of the destination before it that have the same source
    std::int64_t planes;
    std::int64_t row;
    std::int64_t row_end;
};

/// Rows of the destination of an image that is channels-last.
struct PairPixels {
    const std::uint8_t* src;
    std::uint8_t* dst;
    const std::uint8_t* padding;  ///< a row of it
    std::int64_t row;
    std::int64_t row_end;
};

/// For one instruction set.
struct PairKernels {
    const char* name;
    void (*planes)(const PairShape& shape, const PairNumbers& numbers, const PairPlanes& part);
    void (*pixels)(const PairShape& shape, const PairNumbers& numbers, const PairPixels& part);
};

/// Null before AVX2, and where quads are faster.
const PairKernels* pair_kernels_for(Level level, bool has_vnni) noexcept;

/// Columns of the destination of planes that share a pair: one has its first number as the first of
/// two taps, the next one as the second.
constexpr std::int64_t pair_columns(std::int64_t stride) { return stride == 1 ? 2 : 1; }

/// Rows of the destination of channels-last memory that do, where registers hold their sums.
constexpr std::int64_t pair_rows(std::int64_t taps, std::int64_t stride) {
    return taps == 3 && stride == 1 ? 2 : 1;
}

}  // namespace dwconv::simd
