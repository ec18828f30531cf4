#pragma once

#include <cstdint>

#include "simd/level.hpp"

namespace dwconv::simd {

/// Four bytes in the order of their addresses, which as many taps next to each other in a row of
/// the kernel meet for one element of the destination. Their products with four weights are summed
/// by one instruction or a few, with exact integers of 32 bits.
using Quad = std::uint32_t;

/// The taps of a quad.
inline constexpr std::int64_t quad_taps = 4;
/// Vectors of elements of the destination that are computed at once: a block.
inline constexpr std::int64_t block_vectors = 4;

/// Which bytes of a vector make which of its quads: first numbers of 32 bits are moved, then bytes
/// within each quarter, which have no instruction that moves them further.
struct QuadOrder {
    alignas(64) std::int32_t words[16] = {};
    alignas(64) std::uint8_t bytes[64] = {};
};

/// How quads are made of a row of the source, which is dense: columns · channels bytes.
struct QuadColumns {
    std::int64_t columns = 0;
    std::int64_t channels = 1;
    std::int64_t stride = 1;
    std::int64_t dilation = 1;
    /// The column that the first tap meets for the first column of the destination.
    std::int64_t first = 0;
    /// Of the quad, from 1 to 4; what the others meet is of no account.
    std::int64_t taps = quad_taps;
    std::uint8_t fill = 0;  ///< what padding is
    std::uint8_t flip = 0;  ///< bits of each byte, padding too, that are changed
    /// Of planes, whether vectors make quads, in this order: where four quads that follow one
    /// another are of 16 bytes.
    bool has_order = false;
    QuadOrder order;

    /// Sets the order for the other members.
    void set_order();
};

/// The most elements of a row of which quads are made at once.
inline constexpr std::int64_t longest_quad_row = 512;

/// Rows of one or more planes of the source, and where their quads go.
struct QuadRows {
    const std::uint8_t* src;  ///< the first row
    std::int64_t src_pitch;   ///< bytes from one to the next that is wanted
    std::int64_t count;       ///< of a plane
    /// Elements of a row of the destination, longest_quad_row at most.
    std::int64_t begin;
    std::int64_t end;
    Quad* quads;
    std::int64_t pitch;  ///< from one row of quads to the next
    std::int64_t planes;
    std::int64_t src_plane_pitch;
    std::int64_t quad_plane_pitch;
};

/// How sums become bytes: round(sum · multiplier) + zero, saturated.
struct QuadResult {
    bool is_signed = false;
    std::int32_t zero = 0;
    /// Null, or what is still to be added to the sums, in more than 32 bits.
    const std::int32_t* wide_bias = nullptr;
    const float* multipliers = nullptr;
};

/// The element of a block of channels-last memory whose quad is at `place`, and what belongs to it;
/// `width` are the quads of a vector. So vectors of bytes, interleaved within each 16 bytes, become
/// quads, and sums, packed, become bytes.
constexpr std::int64_t element_at(std::int64_t place, std::int64_t width) {
    return place % width / 4 * 16 + place / width * 4 + place % 4;
}

/// Elements of the destination that follow one another, and what makes them. Of planes, perhaps
/// several next to each other, each with its own weights; of channels-last memory a row, or what
/// begins with a block of it.
struct QuadRun {
    const Quad* quads;            ///< of the first element and the first tap
    const std::int64_t* offsets;  ///< from there to those of each tap
    std::int64_t taps;            ///< quads of taps
    /// Four int8 each: of each plane those of all taps; or of each block those of all its elements
    /// for each tap.
    const std::int32_t* weights;
    const std::int32_t* bias;  ///< what sums begin with
    /// Of channels-last memory, after so many blocks of weights, biases and multipliers the first
    /// ones come again; 0: planes.
    std::int64_t period;
    std::int64_t phase;  ///< the first block's
    QuadResult result;
    std::uint8_t* dst;
    std::int64_t count;
    std::int64_t planes;
    std::int64_t quad_plane_pitch;
    std::int64_t dst_plane_pitch;
};

/// For one instruction set.
struct QuadKernels {
    const char* name;
    std::int64_t width;  ///< quads of a vector
    /// Of the positive weights, and of the negative ones, of the first two taps of a quad, or of
    /// the last two, beyond which their sum with bytes is not exact.
    std::int64_t most_of_pair;
    void (*make)(const QuadColumns& columns, const QuadRows& rows);
    void (*convolve)(const QuadRun& run);

    /// Elements of the destination that are computed at once. So many may be read beyond the last
    /// quad and the last weights.
    std::int64_t block() const noexcept { return block_vectors * width; }
};

/// Null before AVX2.
const QuadKernels* quad_kernels_for(Level level, bool has_vnni) noexcept;

}  // namespace dwconv::simd
