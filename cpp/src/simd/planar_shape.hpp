#pragma once

// What the planar kernels of all instruction sets are called with. Plain data and pointers only:
// files that are compiled for a newer processor include this.

#include <cstdint>

#include "simd/cache_line.hpp"
#include "simd/fused_activation.hpp"

namespace dwconv::simd {

struct RowBlock;

/// Computes some rows of the destination at once.
using RowBlockFunction = void (*)(const RowBlock& block);

/// The most rows of the destination that a function computes at once. The heights of common
/// networks are multiples of it, and with 7 taps it fills 16 vector registers.
inline constexpr int most_rows = 7;

/// The longest vector of any instruction set, in floats. Arrays that are read a vector at a time,
/// weights and rows, may be read so far beyond their ends.
inline constexpr std::int64_t longest_vector = 16;

/// The most rows of the destination down which sums roll at a time.
inline constexpr std::int64_t most_rolled_rows = 32;

/// Channels of pixels that are copied at a time, so many that the processor sees more of them
/// coming, and how far apart the copies are, such that they do not collide.
inline constexpr std::int64_t copied_channels = 8 * line_floats;
inline constexpr std::int64_t copied_pitch = copied_channels + line_floats;

/// How the sums of channels-last memory are computed whose pixels are vectors of channels: rolling
/// along the columns, in patches of few pixels, or in runs of columns. None: in blocks of rows.
enum class PixelKernel { none, rolls, patches, runs };

/// Vectors of a row whose sums roll together: they share the taps that they load, and the loop.
/// (With AVX-512, and twice the registers, it was not measured.)
constexpr int strip_vectors(std::int64_t lanes) { return lanes == longest_vector ? 1 : 2; }

/// Every `column_stride`-th column of a row: an input without a stride.
struct ColumnPhase {
    std::int64_t first;   ///< the first of its columns that is inside the row
    std::int64_t count;   ///< columns inside the row; those before and behind are padding
    std::int64_t offset;  ///< of the first one's place in the gathered row, in floats
};

/// Columns of channels-last memory whose sums are computed together in a run: with as many pixels
/// and a tap, they fill 15 of 16 vector registers.
inline constexpr std::int64_t run_columns = 7;

/// The most vectors of a line that are computed at once, and the most taps that share what they
/// load: with one more for a source they fill 13 of 16 vector registers.
inline constexpr int most_vectors = 8;
inline constexpr int most_chained = 4;

/// Taps of a kernel of one row whose sources lie one vector apart: what the first of them
/// multiplies for a vector of the destination, the next multiplies for the vector before.
struct TapChain {
    std::int64_t offset;   ///< of the first one's source; see PlanarShape::offsets
    std::int64_t weights;  ///< of the first one in the packed weights, in floats
    std::int64_t step;     ///< from one to the next in the packed weights
    std::int64_t count;    ///< from 1 to most_chained
};

/// A convolution as its kernels see it. A row is a run of contiguous numbers: the columns of a
/// plane, or columns · channels of channels-last memory, where the weights repeat with the
/// channels.
struct PlanarShape {
    std::int64_t src_rows = 0;
    std::int64_t dst_rows = 0;
    std::int64_t src_pitch = 0;  ///< floats from row to row
    std::int64_t dst_pitch = 0;  ///< floats from row to row, and of a row
    std::int64_t kernel_depth = 1;
    std::int64_t kernel_rows = 0;
    std::int64_t kernel_columns = 0;
    std::int64_t row_stride = 1;
    std::int64_t row_dilation = 1;
    std::int64_t row_padding = 0;

    /// Destination channels in a row, after which the weights repeat.
    std::int64_t period = 1;
    /// Floats from one row of taps to the next, and from one of its taps to the next, in the packed
    /// weights, which lie {depth, rows, columns, period and more}.
    std::int64_t weights_pitch = 1;
    std::int64_t tap_pitch = 1;

    /// For each column of the kernel, the place in a source row of what it multiplies for the first
    /// element of the destination. Places outside the row are padding.
    const std::int64_t* offsets = nullptr;
    std::int64_t row_length = 0;
    /// Places in the row from one element of the destination to the next: 1, or 2 for a stride that
    /// is dealt with while loading.
    std::int64_t column_step = 1;
    /// Floats before and behind a row that may be read with it.
    std::int64_t margin = longest_vector;
    /// A row of padding, with its margins.
    const float* zero_row = nullptr;

    /// Rows are first copied to where columns follow one another without a stride, between zeros
    /// for the padding.
    bool gathered = false;
    const ColumnPhase* phases = nullptr;
    std::int64_t phase_count = 0;
    std::int64_t column_stride = 1;
    std::int64_t src_channels = 1;  ///< in a row
    std::int64_t multiplier = 1;    ///< destination channels in a row per source channel there
    /// Destination rows for which rows are gathered at a time.
    std::int64_t gathered_rows = 0;

    /// Rows of the source that one block reads lie `shared_step` apart, and its rows of the
    /// destination `dst_step`; each is used by several rows of the destination. 0: they are not
    /// shared, and each destination row has its own list.
    std::int64_t shared_step = 0;
    std::int64_t dst_step = 1;
    /// Source rows from one destination row to the next, in units of `shared_step`.
    std::int64_t shared_stride = 1;

    /// Rows of the destination that are computed at once, at most.
    std::int64_t block_rows = most_rows;

    /// A kernel whose sums roll down the rows: so many rows of the destination at a time, of so
    /// many planes. 0: it has blocks of rows.
    std::int64_t rolled_rows = 0;
    std::int64_t rolled_planes = 1;

    /// Channels-last memory whose pixels are vectors of channels, and with a kernel for that: the
    /// destination has so many columns, in strips of so many columns and rows.
    PixelKernel pixel_kernel = PixelKernel::none;
    std::int64_t dst_columns = 0;
    std::int64_t strip_columns = 0;
    std::int64_t strip_rows = 0;
    /// Pixels of the source that a strip reads, at most, if they are first copied to where they
    /// follow one another; or 0.
    std::int64_t copied_pixels = 0;
    /// Vectors of channels begin where memory is aligned.
    bool aligns_channels = false;
    std::int64_t src_columns = 0;
    std::int64_t first_column = 0;  ///< of the source for the first of the destination

    /// A kernel of one row whose taps are all in these chains: lines, with kernels of their own.
    const TapChain* chains = nullptr;
    std::int64_t chain_count = 0;
    /// The least of the offsets, and how far the greatest is from it.
    std::int64_t least_offset = 0;
    std::int64_t extent = 0;
    /// The destination is larger than the caches. Lines are written past them, so that its memory
    /// is not read first.
    bool beyond_caches = false;

    FusedActivation activation;

    /// One function per number of rows, from 1 to most_rows; of lines none.
    const RowBlockFunction* blocks = nullptr;
};

/// A plane or image of the source.
struct PlanarPlane {
    const float* src;  ///< its first row
    /// Rows that are read where they lie. Those before and behind them are too near to the ends of
    /// the array to be read a vector at a time, and have copies, `edge_pitch` apart; where sums
    /// roll, they are copied when they are read.
    std::int64_t begin;
    std::int64_t end;
    const float* edge_rows;
    float* gathered;   ///< scratch, for lines also that of one block of them
    bool is_gathered;  ///< its rows are there already
};

/// Some rows of the destination of one plane or image, and where all that makes them is.
struct PlanarTile {
    /// One for each tap of the kernel's depth, those in the padding left out; in two dimensions
    /// one.
    const PlanarPlane* planes;
    std::int64_t plane_count;  ///< at least 1
    float* dst;                ///< the first row of the plane
    const float* add;          ///< that of what is added before the activation, or null
    const float* weights;      ///< packed, of the first of the planes
    const float* bias;         ///< packed
    /// Where sums roll: planes of the destination of which the same rows are computed, with
    /// channels that follow one another, and how many floats lie from one to the next in both
    /// arrays.
    std::int64_t repeats;
    /// Of them, so many that follow one another are made of one plane of the source, and so many of
    /// the first ones.
    std::int64_t copies;
    std::int64_t first_copies;
    std::int64_t src_step;
    std::int64_t dst_step;
    std::int64_t row_begin;
    std::int64_t row_end;
    /// Floats of each row, all but where there are chains; the first has the first channel.
    std::int64_t column_begin;
    std::int64_t column_end;
    /// Channels of each pixel, where they are vectors of them.
    std::int64_t channel_begin;
    std::int64_t channel_end;
    /// One past the last element, from `dst` on, that the caller computes by this or by later
    /// calls: garbage may be written up to there if it is behind the tile.
    std::int64_t dst_end;
    std::int64_t edge_pitch;
    /// Null, or, where the rows of the source are copies in the cache, what is to be read next of
    /// what they are copied from, and bytes of one of its elements.
    const char* ahead;
    std::int64_t ahead_bytes;
    const float** pointers;  ///< scratch: kernel_rows · most_rows for each plane
};

/// The kernels of one instruction set.
struct PlanarKernels {
    const char* name;
    std::int64_t lanes;
    /// The functions for a shape whose other members are all set; null for lines.
    const RowBlockFunction* (*blocks)(const PlanarShape& shape);
    void (*run)(const PlanarShape& shape, const PlanarTile& tile);
};

}  // namespace dwconv::simd
