#pragma once

// Kernels of pairs for channels-last memory: sums roll along the columns. Numbers of two rows below
// each other are a pair, which two rows of the destination share where registers hold their sums.
// See lanes.hpp on linkage.

#include <immintrin.h>

#include "simd/pair_lanes.hpp"
#include "simd/pairs.hpp"
#include "simd/rolling.hpp"

namespace dwconv::simd {
namespace {

/// Of 16 channels: the rows of the source, and the weights that they meet.
template <int Taps, int Rows, bool Signed>
struct PixelPairRoller {
    static constexpr int pairs = (Taps + Rows) / 2;
    /// Of so many rows of the destination, of the halves in which channels are interleaved.
    struct Sum {
        __m256i of[Rows][2];
    };

    /// As PixelRoller's.
    template <int First, int Distance, int Count>
    DWCONV_INLINE void add(std::int64_t pixel, Sum* sums) const {
        unroll<pairs>([&](auto pair) __attribute__((always_inline)) {
            constexpr int p = decltype(pair)::value;
            const __m256i upper = read(rows[2 * p] + pixel);
            // What has no row meets weights of 0.
            const __m256i lower =
                2 * p + 1 < Taps + Rows - 1 ? read(rows[2 * p + 1] + pixel) : upper;
            const __m256i halves[2] = {_mm256_unpacklo_epi16(upper, lower),
                                       _mm256_unpackhi_epi16(upper, lower)};
            unroll<Count>([&](auto s) __attribute__((always_inline)) {
                constexpr int column = First - decltype(s)::value * Distance;
                unroll<2 * Rows>([&](auto i) __attribute__((always_inline)) {
                    constexpr int at = (p * Taps + column) * 2 * Rows + decltype(i)::value;
                    __m256i& sum = sums[s.value].of[i.value / 2][i.value % 2];
                    sum = add_pairs(sum, halves[i.value % 2], load_ints(weights + at * 8));
                });
            });
        });
    }

    DWCONV_INLINE __m256i read(const std::uint8_t* from) const { return words(load_in_both(from)); }

    WordReader<Signed> words;
    const std::int32_t* weights;
    const std::uint8_t* rows[Taps + Rows - 1];  ///< at the first of the pixels
};

/// Where a pixel is in its row.
struct BytePixels {
    std::int64_t at;
    std::int64_t pitch;

    DWCONV_INLINE void next() { at += pitch; }
    DWCONV_INLINE void skip(std::int64_t pixels) { at += pixels * pitch; }
};

/// Columns of the destination that are computed before other channels are.
struct PixelColumns {
    std::int64_t begin;
    std::int64_t end;
};

/// Stores the sums of a pixel of one or two rows.
template <int Rows>
DWCONV_INLINE void put_pixel(const SumWriter& writer, const __m256i (&sums)[Rows][2],
                             const __m256 (&multipliers)[2], const __m256i (&bias)[2],
                             std::uint8_t* (&to)[2]) {
    const __m256i first = writer.words(sums[0][0], sums[0][1], multipliers, bias);
    const __m256i second =
        Rows == 1 ? first : writer.words(sums[Rows - 1][0], sums[Rows - 1][1], multipliers, bias);
    const __m256i bytes = _mm256_permute4x64_epi64(writer.bytes(first, second), 0xd8);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to[0]), _mm256_castsi256_si128(bytes));
    if constexpr (Rows == 2) {
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to[1]), _mm256_extracti128_si256(bytes, 1));
    }
}

/// 16 channels of some rows and columns.
template <int Taps, int Step, bool Signed>
__attribute__((noinline)) void roll_pixels(const PairShape& shape, const PairNumbers& numbers,
                                           const PairPixels& part, const PixelColumns& columns,
                                           std::int64_t group) {
    constexpr int rows = static_cast<int>(pair_rows(Taps, Step));
    using Sums = PixelPairRoller<Taps, rows, Signed>;
    // The last channels are moved back to end with all.
    const std::int64_t last = shape.channels - pair_bytes;
    const std::int64_t channel = group * pair_bytes < last ? group * pair_bytes : last;
    const std::int64_t packed = group * pair_bytes;
    const SumWriter writer(shape, numbers);
    const __m256 multipliers[2] = {load_floats(numbers.multipliers + packed),
                                   load_floats(numbers.multipliers + packed + 8)};
    const __m256i bias[2] = {load_ints(numbers.bias + packed),
                             load_ints(numbers.bias + packed + 8)};
    typename Sums::Sum first;
    for (auto& row : first.of) {
        for (int half = 0; half < 2; ++half) row[half] = writer.first(bias[half]);
    }
    const std::int64_t left = columns.begin * Step - shape.column_padding;
    const Roll band = Roll::of(columns.end - columns.begin, Step, Taps, left, shape.src_columns);
    const std::int64_t from = (left + band.lead) * shape.channels + channel;
    Sums roller = {{word_places(), splat_word(-1), numbers.src_zero},
                   numbers.weights + packed * Sums::pairs * Taps * rows,
                   {}};
    for (std::int64_t row = part.row; row < part.row_end; row += rows) {
        for (int k = 0; k < Taps + rows - 1; ++k) {
            const std::int64_t src_row = row * Step - shape.row_padding + k;
            const bool inside = src_row >= 0 && src_row < shape.src_rows;
            roller.rows[k] = (inside ? part.src + src_row * shape.src_pitch : part.padding) + from;
        }
        std::uint8_t unused[pair_bytes];
        std::uint8_t* const dst =
            part.dst + row * shape.dst_pitch + columns.begin * shape.channels + channel;
        const bool both = row + 1 < part.row_end;
        std::uint8_t* to[2] = {dst, both ? dst + shape.dst_pitch : unused};
        const std::int64_t second_step = both ? shape.channels : 0;
        // As those of planes, where registers are left.
        constexpr bool delays = rows == 1;
        typename Sums::Sum done = first;
        std::int64_t step = 0;
        const auto put = [&](const typename Sums::Sum& sum) __attribute__((always_inline)) {
            if constexpr (delays) {
                put_pixel<rows>(writer, done.of, multipliers, bias, to);
                done = sum;
                to[0] += step;
                step = shape.channels;
            } else {
                put_pixel<rows>(writer, sum.of, multipliers, bias, to);
                to[0] += shape.channels;
                to[1] += second_step;
            }
        };
        const BytePixels pixels = {0, shape.channels};
        if constexpr (Step == 1) {
            roll<Taps>(band, roller, first, pixels, put);
        } else {
            roll_by_two<Taps>(band, roller, first, pixels, put);
        }
        if constexpr (delays) put(first);
    }
}

/// In strips that the first-level cache holds until all channels of its lines are done.
template <int Taps, int Step, bool Signed>
void run_pixels(const PairShape& shape, const PairNumbers& numbers, const PairPixels& part) {
    constexpr std::int64_t most_rows = 4;
    constexpr std::int64_t bytes_in_cache = 12 * 1024;
    constexpr std::int64_t fewest_columns = 14;
    const std::int64_t pixels = bytes_in_cache / (shape.channels * (most_rows * Step + Taps));
    const std::int64_t most = pixels < fewest_columns ? fewest_columns : pixels;
    const std::int64_t strips = (shape.dst_columns + most - 1) / most;
    for (PairPixels some = part; some.row < part.row_end; some.row = some.row_end) {
        some.row_end = some.row + most_rows < part.row_end ? some.row + most_rows : part.row_end;
        for (std::int64_t strip = 0; strip < strips; ++strip) {
            const PixelColumns columns = {strip * shape.dst_columns / strips,
                                          (strip + 1) * shape.dst_columns / strips};
            for (std::int64_t group = 0; group * pair_bytes < shape.channels; ++group) {
                roll_pixels<Taps, Step, Signed>(shape, numbers, some, columns, group);
            }
        }
    }
}

template <bool Signed>
void run_pixels(const PairShape& shape, const PairNumbers& numbers, const PairPixels& part) {
    if (shape.stride == 1) {
        shape.taps == 3 ? run_pixels<3, 1, Signed>(shape, numbers, part)
                        : run_pixels<5, 1, Signed>(shape, numbers, part);
    } else {
        shape.taps == 3 ? run_pixels<3, 2, Signed>(shape, numbers, part)
                        : run_pixels<5, 2, Signed>(shape, numbers, part);
    }
}

void convolve_pixels(const PairShape& shape, const PairNumbers& numbers, const PairPixels& part) {
    shape.src_signed ? run_pixels<true>(shape, numbers, part)
                     : run_pixels<false>(shape, numbers, part);
}

}  // namespace
}  // namespace dwconv::simd
