#pragma once

// Kernels of pairs for planes: sums roll down the rows. Numbers next to each other in a row are a
// pair, which two columns of the destination share without a stride. See lanes.hpp on linkage.

#include <immintrin.h>

#include <cstring>

#include "simd/pair_lanes.hpp"
#include "simd/pairs.hpp"
#include "simd/rolling.hpp"

namespace dwconv::simd {
namespace {

/// Makes a vector of numbers of 16 bytes of a row, or of 8 of each of two rows. What is outside of
/// the row is 0.
template <bool Split, bool Signed>
class ColumnReader {
public:
    ColumnReader() = default;
    /// The first number is that of column `at`.
    ColumnReader(const PairShape& shape, const PairNumbers& numbers, std::int64_t at) {
        const auto within = [](std::int64_t place) {
            return splat_word(place < 0 ? 0 : place > pair_bytes ? pair_bytes : place);
        };
        const __m256i places =
            Split ? _mm256_and_si256(word_places(), splat_word(7)) : word_places();
        const __m256i inside =
            _mm256_andnot_si256(_mm256_cmpgt_epi16(within(-at), places),
                                _mm256_cmpgt_epi16(within(shape.src_columns - at), places));
        words_ = WordReader<Signed>(places, inside, numbers.src_zero);
    }

    /// `to_other`: bytes from one row to the other.
    DWCONV_INLINE __m256i operator()(const std::uint8_t* row, std::int64_t to_other) const {
        return words_(Split ? _mm256_set_m128i(load_bytes(row + to_other), load_bytes(row))
                            : load_in_both(row));
    }

private:
    WordReader<Signed> words_;
};

DWCONV_INLINE __m256i load_splat(const float* from) {
    return _mm256_castps_si256(_mm256_broadcast_ss(from));
}

/// The halves of two vectors, or one of them.
template <bool Split>
DWCONV_INLINE __m256i of_halves(__m256i low, __m256i high) {
    return Split ? _mm256_blend_epi32(low, high, 0xf0) : low;
}

/// The taps of a strip, and the columns that they meet.
template <int Taps, int Step, bool Split, bool Signed>
struct PairRoller {
    static constexpr int pairs = (Taps + 1) / 2;
    /// Vectors of sums: even columns and odd ones, or all.
    static constexpr int vectors = Step == 1 ? 2 : 1;
    struct Sum {
        __m256i of[vectors];
    };

    /// `at`: the column that the first lane's first tap meets.
    PairRoller(const PairShape& shape, const PairNumbers& numbers, std::int64_t at) {
        for (int g = 0; g < pairs; ++g) {
            readers[g] = ColumnReader<Split, Signed>(shape, numbers, at + 2 * g);
        }
    }

    DWCONV_INLINE void load_taps(const std::int32_t* low, const std::int32_t* high) {
        unroll<Taps * vectors * pairs>([&](auto i) __attribute__((always_inline)) {
            taps[i.value] =
                of_halves<Split>(_mm256_set1_epi32(low[i.value]), _mm256_set1_epi32(high[i.value]));
        });
    }

    /// As Roller's.
    template <int First, int Distance, int Count>
    DWCONV_INLINE void add(const std::uint8_t* row, Sum* sums) const {
        unroll<pairs>([&](auto g) __attribute__((always_inline)) {
            const __m256i source = readers[g.value](row + 2 * g.value, to_high);
            unroll<Count>([&](auto s) __attribute__((always_inline)) {
                constexpr int row_of_taps = First - decltype(s)::value * Distance;
                unroll<vectors>([&](auto v) __attribute__((always_inline)) {
                    __m256i& sum = sums[s.value].of[v.value];
                    const int tap = (row_of_taps * vectors + v.value) * pairs + g.value;
                    sum = add_pairs(sum, source, taps[tap]);
                });
            });
        });
    }

    ColumnReader<Split, Signed> readers[pairs];
    __m256i taps[Taps * vectors * pairs];
    std::int64_t to_high = 0;  ///< bytes from a row to that of the other plane
};

/// Rows of a plane, each of which is loaded as it comes; what is read next is asked for.
struct ByteRows {
    const std::uint8_t* at;
    std::int64_t pitch;
    std::int64_t ahead;  ///< from a row to what is read next

    DWCONV_INLINE void next() {
        __builtin_prefetch(at + ahead);
        at += pitch;
    }
    DWCONV_INLINE void skip(std::int64_t rows) { at += rows * pitch; }
};

/// Elements of a half of a vector's row.
template <int Step>
constexpr std::int64_t half_columns = pair_bytes / 2 / Step;

/// Stores sums of a strip; `Split`: its second half so many bytes from the first.
template <int Step, bool Split>
DWCONV_INLINE void put_halves(const SumWriter& writer, const __m256i (&sums)[3 - Step],
                              const __m256 (&multipliers)[2], const __m256i (&bias)[2],
                              std::uint8_t* to, std::int64_t to_high) {
    // Of each half, four even columns and four odd ones; or four columns.
    const __m256i words = writer.words(sums[0], sums[2 - Step], multipliers, bias);
    const __m256i bytes = writer.bytes(words, words);
    const __m128i low = _mm256_castsi256_si128(bytes);
    const __m128i high = _mm256_extracti128_si256(bytes, 1);
    __m128i both;
    if constexpr (Step == 1) {
        const __m128i order = _mm_setr_epi8(0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15);
        both = _mm_shuffle_epi8(_mm_unpacklo_epi64(low, high), order);
    } else {
        both = _mm_unpacklo_epi32(low, high);
    }
    constexpr auto half = static_cast<std::size_t>(half_columns<Step>);
    if constexpr (Split) {
        std::memcpy(to, &both, half);
        std::memcpy(to + to_high, reinterpret_cast<const char*>(&both) + half, half);
    } else {
        std::memcpy(to, &both, 2 * half);
    }
}

/// Copies rows of `width` bytes, each of which was kept in as much as is written at once. Garbage
/// is written up to the end of the last one.
template <std::int64_t Written>
void copy_rows(const std::uint8_t* kept, std::int64_t rows, std::int64_t width, std::uint8_t* to) {
    const std::uint8_t* const end = to + rows * width;
    for (; rows > 0; --rows, kept += pair_bytes, to += width) {
        const bool fits = end - to >= Written;
        if (fits) std::memcpy(to, kept, static_cast<std::size_t>(Written));
        if (!fits) std::memcpy(to, kept, static_cast<std::size_t>(width));
    }
}

/// Where the rows of a strip go: to their place in the destination, or, where that would write too
/// much, to memory of their own first. `Split`: each to two planes.
template <int Step, bool Split>
class StripTarget {
public:
    /// Bytes that are written at once.
    static constexpr std::int64_t written = (Split ? 1 : 2) * half_columns<Step>;

    /// Behind the first row, and behind that of the other plane, `room` bytes may be written before
    /// what belongs there is.
    StripTarget(std::uint8_t* dst, std::int64_t dst_to_high, std::int64_t rows, std::int64_t width,
                std::int64_t room)
        : dst_(dst),
          dst_to_high_(dst_to_high),
          rows_(rows),
          width_(width),
          fits_(width >= written || (rows - 1) * width + written <= room) {}

    std::uint8_t* first() { return fits_ ? dst_ : kept_; }
    std::int64_t pitch() const { return fits_ ? width_ : pair_bytes; }
    std::int64_t to_high() const { return fits_ ? dst_to_high_ : written; }

    void finish() const {
        if (fits_) return;
        copy_rows<written>(kept_, rows_, width_, dst_);
        if (Split) copy_rows<written>(kept_ + written, rows_, width_, dst_ + dst_to_high_);
    }

private:
    std::uint8_t* dst_;
    std::int64_t dst_to_high_;
    std::int64_t rows_;
    std::int64_t width_;
    bool fits_;
    std::uint8_t kept_[most_pair_rows * pair_bytes];
};

/// A strip of some rows of planes that follow one another; `Split`: of two planes at a time.
template <int Taps, int Step, bool Split, bool Signed>
__attribute__((noinline)) void roll_planes(const PairShape& shape, const PairNumbers& numbers,
                                           const PairPlanes& part, std::int64_t begin) {
    using Sums = PairRoller<Taps, Step, Split, Signed>;
    const std::int64_t at = begin * Step - shape.column_padding;
    Sums roller(shape, numbers, at);
    const SumWriter writer(shape, numbers);
    const std::int64_t top = part.row * Step - shape.row_padding;
    const Roll band = Roll::of(part.row_end - part.row, Step, Taps, top, shape.src_rows);
    const std::int64_t src_size = shape.src_rows * shape.src_pitch;
    const std::int64_t dst_size = shape.dst_rows * shape.dst_pitch;
    const std::int64_t first_row = (top + band.lead) * shape.src_pitch + at;
    const std::int64_t width = shape.dst_columns;
    const auto src_plane = [&](std::int64_t plane) {
        const std::int64_t made = part.first + plane;
        return (shape.multiplier == 1 ? made : made / shape.multiplier) * src_size;
    };
    // What is asked for beforehand: the next line of the cache in each row, or of shorter rows
    // those of the next planes.
    const auto ahead = [&](std::int64_t pitch, std::int64_t plane) {
        constexpr std::int64_t line = 64;
        return pitch > line ? line : part.planes * plane;
    };
    const std::int64_t src_ahead = ahead(shape.src_pitch, src_size);
    const std::int64_t dst_ahead = ahead(shape.dst_pitch, dst_size);
    const bool all_rows = part.row == 0 && part.row_end == shape.dst_rows;
    // Halves are of planes that are far apart, so that what one writes beyond its end is
    // overwritten by the next one.
    const std::int64_t steps = Split ? (part.planes + 1) / 2 : part.planes;
    constexpr std::int64_t taps = Taps * Sums::vectors * Sums::pairs;
    for (std::int64_t plane = 0; plane < steps; ++plane) {
        // The last one may be alone.
        const std::int64_t high = Split && plane + steps < part.planes ? plane + steps : plane;
        roller.load_taps(numbers.weights + plane * taps, numbers.weights + high * taps);
        roller.to_high = src_plane(high) - src_plane(plane);
        const __m256i own_bias = of_halves<Split>(_mm256_set1_epi32(numbers.bias[plane]),
                                                  _mm256_set1_epi32(numbers.bias[high]));
        const __m256i own = of_halves<Split>(load_splat(numbers.multipliers + plane),
                                             load_splat(numbers.multipliers + high));
        const __m256 multipliers[2] = {_mm256_castsi256_ps(own), _mm256_castsi256_ps(own)};
        const __m256i bias[2] = {own_bias, own_bias};
        typename Sums::Sum first;
        for (auto& each : first.of) each = writer.first(own_bias);
        // What is written beyond the end of a row shorter than that, the next row or plane
        // overwrites, if there is one.
        const std::int64_t left = (Split ? part.planes / 2 : part.planes) - plane;
        StripTarget<Step, Split> target(part.dst + plane * dst_size + part.row * width + begin,
                                        (high - plane) * dst_size, band.count, width,
                                        all_rows ? left * dst_size : 0);
        std::uint8_t* next = target.first();
        const std::int64_t pitch = target.pitch();
        const std::int64_t to_high = target.to_high();
        // What is complete is stored when the next sums are, so that nothing waits for it; at first
        // anything is.
        typename Sums::Sum done = first;
        std::uint8_t* to = next;
        const auto put = [&](const typename Sums::Sum& sum) __attribute__((always_inline)) {
            put_halves<Step, Split>(writer, done.of, multipliers, bias, to, to_high);
            done = sum;
            to = next;
            __builtin_prefetch(next + dst_ahead, 1);
            next += pitch;
        };
        const ByteRows rows = {part.src + src_plane(plane) + first_row, shape.src_pitch, src_ahead};
        if constexpr (Step == 1) {
            roll<Taps>(band, roller, first, rows, put);
        } else {
            roll_by_two<Taps>(band, roller, first, rows, put);
        }
        put(first);
        target.finish();
    }
}

template <int Taps, int Step, bool Signed>
void run_planes(const PairShape& shape, const PairNumbers& numbers, const PairPlanes& part) {
    constexpr std::int64_t half = half_columns<Step>;
    if (shape.dst_columns <= half) {
        return roll_planes<Taps, Step, true, Signed>(shape, numbers, part, 0);
    }
    for (std::int64_t next = 0; next < shape.dst_columns; next += 2 * half) {
        // The last strip is moved back to end with the row.
        const std::int64_t last = shape.dst_columns - 2 * half;
        const std::int64_t begin = next < last || last < 0 ? next : last;
        roll_planes<Taps, Step, false, Signed>(shape, numbers, part, begin);
    }
}

template <bool Signed>
void run_planes(const PairShape& shape, const PairNumbers& numbers, const PairPlanes& part) {
    if (shape.stride == 1) {
        shape.taps == 3 ? run_planes<3, 1, Signed>(shape, numbers, part)
                        : run_planes<5, 1, Signed>(shape, numbers, part);
    } else {
        shape.taps == 3 ? run_planes<3, 2, Signed>(shape, numbers, part)
                        : run_planes<5, 2, Signed>(shape, numbers, part);
    }
}

void convolve_planes(const PairShape& shape, const PairNumbers& numbers, const PairPlanes& part) {
    shape.src_signed ? run_planes<true>(shape, numbers, part)
                     : run_planes<false>(shape, numbers, part);
}

}  // namespace
}  // namespace dwconv::simd
