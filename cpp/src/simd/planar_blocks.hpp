#pragma once

// The innermost loops. Included once by each file that is compiled for an instruction set; see
// lanes.hpp on linkage.

#include "simd/lane_clamp.hpp"
#include "simd/lanes.hpp"
#include "simd/planar_columns.hpp"
#include "simd/planar_shape.hpp"
#include "simd/rows_read.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {

/// Some rows of the destination, and what they are computed from.
struct RowBlock {
    const PlanarShape* shape;
    /// The source rows of each of the planes: all, from the first on, if they are shared; else for
    /// each row of the kernel one for each row of the destination.
    const float* const* rows;
    std::int64_t planes;  ///< at least 1
    const float* weights;
    const float* bias;
    float* dst;
    const float* add;           ///< what is added before the activation, or null
    std::int64_t dst_distance;  ///< from row to row, of both
    std::int64_t room;          ///< floats from `dst` on that may be written, from `add` on read
    const char* ahead;          ///< see PlanarTile
    std::int64_t ahead_step;    ///< bytes of it for each vector of a row
};

namespace {

/// Walks along a row a vector at a time. The last vector of a row is moved back to end with it.
class RowWalk {
public:
    explicit RowWalk(const PlanarShape& shape)
        : length_(shape.dst_pitch), period_(shape.period), step_(lanes % shape.period) {}

    bool done() const { return begin_ >= length_; }
    void next() {
        begin_ += lanes;
        phase_ += step_;
        if (phase_ >= period_) phase_ -= period_;
        if (begin_ < length_ && begin_ + lanes > length_ && length_ >= lanes) {
            begin_ = length_ - lanes;
            phase_ = begin_ % period_;
        }
    }
    std::int64_t begin() const { return begin_; }
    /// Where the weights of the first lane are in their period.
    std::int64_t phase() const { return phase_; }

private:
    std::int64_t length_;
    std::int64_t period_;
    std::int64_t step_;
    std::int64_t begin_ = 0;
    std::int64_t phase_ = 0;
};

/// Floats of a row of the source, from the first of a vector on, that have to be inside it: lanes
/// behind a row of the destination that is shorter than a vector may be anything.
template <int Step>
inline std::int64_t needed(const PlanarShape& shape) {
    return shape.dst_pitch < lanes ? Step * (shape.dst_pitch - 1) + 1 : reach<Step>;
}

/// Rows shorter than a vector, at the end of what may be written.
__attribute__((noinline)) void store_short_rows(const RowBlock& block, const float* values,
                                                int rows) {
    for (int r = 0; r < rows; ++r, values += lanes) {
        float* const row = block.dst + r * block.dst_distance;
        if (r * block.dst_distance + lanes <= block.room) {
            store(row, load(values));
        } else {
            store_part(row, load(values), block.shape->dst_pitch);
        }
    }
}

/// The counterpart of store_short_rows.
__attribute__((noinline)) void add_to_short_rows(const RowBlock& block, float* values, int rows) {
    for (int r = 0; r < rows; ++r, values += lanes) {
        const float* const row = block.add + r * block.dst_distance;
        const bool fits = r * block.dst_distance + lanes <= block.room;
        store(values, load(values) + (fits ? load(row) : load_part(row, block.shape->dst_pitch)));
    }
}

/// Whether all rows may be written and read a vector at a time; what a vector has beyond a row
/// shorter than itself is of the next row.
template <int Rows>
DWCONV_INLINE bool has_room(const RowBlock& block) {
    return block.shape->dst_pitch >= lanes || (Rows - 1) * block.dst_distance + lanes <= block.room;
}

template <int Rows>
DWCONV_INLINE void add_to_rows(const RowBlock& block, std::int64_t begin, Floats (&sums)[Rows]) {
    if (has_room<Rows>(block)) {
        const float* const add = block.add + begin;
        unroll<Rows>([&](auto row) __attribute__((always_inline)) {
            sums[row.value] += load(add + row.value * block.dst_distance);
        });
        return;
    }
    float kept[Rows][lanes];
    unroll<Rows>([&](auto row)
                     __attribute__((always_inline)) { store(kept[row.value], sums[row.value]); });
    add_to_short_rows(block, &kept[0][0], Rows);
    unroll<Rows>([&](auto row)
                     __attribute__((always_inline)) { sums[row.value] = load(kept[row.value]); });
}

template <int Rows>
DWCONV_INLINE void store_rows(const RowBlock& block, std::int64_t begin, Floats (&sums)[Rows]) {
    const PlanarShape& shape = *block.shape;
    if (block.add != nullptr) add_to_rows<Rows>(block, begin, sums);
    if (shape.activation.clamps) {
        const Clamp<true> clamp(shape.activation);
        unroll<Rows>([&](auto row) __attribute__((always_inline)) {
            sums[row.value] = clamp(sums[row.value]);
        });
    }
    // What a vector writes beyond a row shorter than itself, the next row overwrites.
    if (has_room<Rows>(block)) {
        float* const dst = block.dst + begin;
        unroll<Rows>([&](auto row) __attribute__((always_inline)) {
            store(dst + row.value * block.dst_distance, sums[row.value]);
        });
        return;
    }
    float kept[Rows][lanes];
    unroll<Rows>([&](auto row)
                     __attribute__((always_inline)) { store(kept[row.value], sums[row.value]); });
    store_short_rows(block, &kept[0][0], Rows);
}

/// How many rows of each plane a block has a list of.
template <int Taps, int Stride, int Rows>
inline std::int64_t listed_rows(const PlanarShape& shape) {
    if (Taps == unshared_taps) return shape.kernel_rows * Rows;
    return rows_read(Rows, Stride, Taps == any_taps ? shape.kernel_rows : Taps);
}

/// Asks for the rows that the next block reads, a cache line of each. A block reads a short piece
/// of each of many rows, which the processor does not see coming. (Rows of channels-last memory are
/// long pieces, and were slower with it.) `rows` are
/// those of the last plane, as the others were the last ones of the plane before.
template <int Taps, int Stride, int Rows>
DWCONV_INLINE void prefetch_next_rows(const PlanarShape& shape, const float* const* rows,
                                      std::int64_t begin) {
    if (begin % line_floats != 0 || shape.gathered || shape.shared_step != 1) return;
    // Beyond the last row too: this never faults.
    const float* const last = rows[listed_rows<Taps, Stride, Rows>(shape) - 1] + begin;
    unroll<Rows * Stride>([&](auto row) __attribute__((always_inline)) {
        __builtin_prefetch(last + (row.value + 1) * shape.src_pitch);
    });
}

/// Asks for what will be copied next, while there is something to compute.
DWCONV_INLINE void prefetch_ahead(const RowBlock& block, std::int64_t begin) {
    const char* const from = block.ahead + begin / lanes * block.ahead_step;
    for (std::int64_t i = 0; i < block.ahead_step; i += 64) __builtin_prefetch(from + i, 0, 2);
}

/// `Taps` rows of the kernel, or any number. Columns of taps are the outer loop: the weights of a
/// column stay in registers, beside the sums, if they fit. In three dimensions, those of each plane
/// follow one another, and the sums stay where they are.
template <int Taps, int Stride, int Rows, bool Periodic, int Step>
void convolve_rows(const RowBlock& block) {
    const PlanarShape& shape = *block.shape;
    const std::int64_t pitch = Periodic ? shape.tap_pitch : 1;
    const std::int64_t last_whole = shape.row_length - needed<Step>(shape);
    for (RowWalk walk(shape); !walk.done(); walk.next()) {
        const float* weights = block.weights + (Periodic ? walk.phase() : 0);
        const Floats bias = load_weights<Periodic>(block.bias + (Periodic ? walk.phase() : 0));
        Floats sums[Rows];
        unroll<Rows>([&](auto row) __attribute__((always_inline)) { sums[row.value] = bias; });
        const float* const* rows = block.rows;
        for (std::int64_t planes_left = block.planes;;) {
            for (std::int64_t k = 0; k < shape.kernel_columns; ++k, weights += pitch) {
                const std::int64_t offset = Step * walk.begin() + shape.offsets[k];
                const auto add = [&](const auto& loader) __attribute__((always_inline)) {
                    if constexpr (Taps == unshared_taps) {
                        add_column_unshared<Rows, Periodic>(shape, rows, offset, weights, loader,
                                                            sums);
                    } else if constexpr (Taps == any_taps) {
                        add_column_of_any<Rows, Periodic>(shape, rows, offset, weights, loader,
                                                          sums);
                    } else {
                        add_column<Taps, Stride, Rows, Periodic>(rows, offset, weights,
                                                                 shape.weights_pitch, loader, sums);
                    }
                };
                if (offset >= 0 && offset <= last_whole) {
                    add(WholeLoader<Step>());
                } else if (offset > -reach<Step> && offset < shape.row_length) {
                    add(MaskedLoader<Step>(offset, shape.row_length));
                }
            }
            // In two dimensions this is the end, and nothing more is worked out.
            if (--planes_left == 0) break;
            rows += listed_rows<Taps, Stride, Rows>(shape);
            weights += (shape.kernel_rows - 1) * shape.weights_pitch;
        }
        if (block.ahead != nullptr) {
            prefetch_ahead(block, walk.begin());
        } else if constexpr (Taps != unshared_taps && !Periodic) {
            prefetch_next_rows<Taps, Stride, Rows>(shape, rows, Step * walk.begin());
        }
        store_rows<Rows>(block, walk.begin(), sums);
    }
}

template <int Taps, int Stride, bool Periodic, int Step = 1>
constexpr RowBlockFunction by_rows[most_rows] = {
    convolve_rows<Taps, Stride, 1, Periodic, Step>, convolve_rows<Taps, Stride, 2, Periodic, Step>,
    convolve_rows<Taps, Stride, 3, Periodic, Step>, convolve_rows<Taps, Stride, 4, Periodic, Step>,
    convolve_rows<Taps, Stride, 5, Periodic, Step>, convolve_rows<Taps, Stride, 6, Periodic, Step>,
    convolve_rows<Taps, Stride, 7, Periodic, Step>};

template <int Taps, bool Periodic>
const RowBlockFunction* blocks_by_stride(const PlanarShape& shape) {
    return shape.shared_stride == 1 ? by_rows<Taps, 1, Periodic> : by_rows<Taps, 2, Periodic>;
}

template <bool Periodic>
const RowBlockFunction* blocks_by_taps(const PlanarShape& shape) {
    if (shape.shared_step == 0) return by_rows<unshared_taps, 1, Periodic>;
    if (shape.kernel_rows == 3) return blocks_by_stride<3, Periodic>(shape);
    if (shape.kernel_rows == 5) return blocks_by_stride<5, Periodic>(shape);
    // More taps and the sums do not fit into registers, or barely.
    if (shape.shared_stride == 1) return by_rows<any_taps, 1, Periodic>;
    return shape.kernel_rows == 7 ? by_rows<7, 2, Periodic> : by_rows<9, 2, Periodic>;
}

const RowBlockFunction* blocks_for(const PlanarShape& shape) {
    if (shape.column_step == 2) {
        return shape.kernel_rows == 3 ? by_rows<3, 2, false, 2> : by_rows<5, 2, false, 2>;
    }
    return shape.period == 1 ? blocks_by_taps<false>(shape) : blocks_by_taps<true>(shape);
}

}  // namespace
}  // namespace dwconv::simd
