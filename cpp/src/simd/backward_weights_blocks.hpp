#pragma once

// Sums of products over rows, for blocks of taps. Included once by each file that is compiled for
// an instruction set; see lanes.hpp on linkage.

#include "simd/backward_weights.hpp"
#include "simd/lanes.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

/// Products of each lane that are summed in registers, at least where there are so many; and at
/// most. Then they are added to `sums`, as the error of a sum grows with its terms.
constexpr std::int64_t least_terms = 32;
constexpr std::int64_t most_terms = 64;

template <int RowTaps, int ColumnTaps>
struct BlockSums {
    Floats sums[RowTaps][ColumnTaps] = {};

    DWCONV_INLINE void add_to(float* to) {
        unroll<RowTaps>([&](auto i) __attribute__((always_inline)) {
            unroll<ColumnTaps>([&](auto j) __attribute__((always_inline)) {
                float* const at = to + (i.value * ColumnTaps + j.value) * lanes;
                store(at, load(at) + sums[i.value][j.value]);
                sums[i.value][j.value] = Floats{};
            });
        });
    }
};

/// A vector of the source is loaded once for all row taps, one of the gradient once for all column
/// taps.
template <int RowTaps, int ColumnTaps>
void sum_block(const WeightsBlock& b) {
    BlockSums<RowTaps, ColumnTaps> block;
    std::int64_t terms = 0;
    for (std::int64_t t = 0; t < b.rows; ++t) {
        const float* src[ColumnTaps];
        const float* diff[RowTaps];
        unroll<ColumnTaps>([&](auto j) __attribute__((always_inline)) {
            src[j.value] = b.src[t * b.src_row_step] + b.column_taps[j.value];
        });
        unroll<RowTaps>([&](auto i) __attribute__((always_inline)) {
            diff[i.value] = b.diff[t - b.row_taps[i.value]];
        });
        std::int64_t at = 0;
        for (std::int64_t column = 0; column < b.columns;) {
            const std::int64_t first = column;
            const std::int64_t end =
                first + most_terms < b.columns ? first + most_terms : b.columns;
            for (; column < end; ++column) {
                Floats gradients[RowTaps];
                unroll<RowTaps>([&](auto i) __attribute__((always_inline)) {
                    gradients[i.value] = load(diff[i.value] + column * lanes);
                });
                unroll<ColumnTaps>([&](auto j) __attribute__((always_inline)) {
                    const Floats values = load(src[j.value] + at);
                    unroll<RowTaps>([&](auto i) __attribute__((always_inline)) {
                        block.sums[i.value][j.value] += values * gradients[i.value];
                    });
                });
                at += b.src_step;
            }
            terms += end - first;
            if (terms >= least_terms) {
                block.add_to(b.sums);
                terms = 0;
            }
        }
    }
    block.add_to(b.sums);
}

/// Accumulators that leave registers for the operands.
#if defined(__AVX512F__)
constexpr int most_sums = 24;
constexpr int row_taps_of_block = 4;
#else
constexpr int most_sums = 12;
constexpr int row_taps_of_block = 3;
#endif

template <int RowTaps, int ColumnTaps>
constexpr SumBlock block_function() {
    if constexpr (RowTaps <= row_taps_of_block && RowTaps * ColumnTaps <= most_sums) {
        return sum_block<RowTaps, ColumnTaps>;
    } else {
        return nullptr;
    }
}

}  // namespace
}  // namespace dwconv::simd
