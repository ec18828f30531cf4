#pragma once

// Makes quads of rows of bytes; see quads.hpp, and lanes.hpp on linkage.

#include <immintrin.h>

#include <cstring>

#include "simd/quads.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

constexpr std::int64_t vector_quads = 16;

/// Bits `begin` to `end`; none where the end is not beyond the beginning.
DWCONV_INLINE std::uint64_t bits_between(std::int64_t begin, std::int64_t end) {
    if (begin < 0) begin = 0;
    if (end > 64) end = 64;
    if (end <= begin) return 0;
    return (~std::uint64_t{0} >> (64 - (end - begin))) << begin;
}

/// Shuffles the bytes of vectors into quads.
template <bool Flips>
class QuadShuffle {
public:
    explicit QuadShuffle(const QuadColumns& columns)
        : words_(_mm512_load_si512(columns.order.words)),
          bytes_(_mm512_load_si512(columns.order.bytes)),
          flip_(_mm512_set1_epi8(static_cast<char>(columns.flip))) {}

    DWCONV_INLINE __m512i operator()(__m512i from) const {
        const __m512i moved = _mm512_maskz_permutexvar_epi32(0xffff, words_, from);
        const __m512i quads = _mm512_shuffle_epi8(moved, bytes_);
        return Flips ? _mm512_xor_si512(quads, flip_) : quads;
    }

private:
    __m512i words_;
    __m512i bytes_;
    __m512i flip_;
};

/// Bytes of a row that a mask names; the others are padding.
struct LongLoad {
    explicit LongLoad(std::uint8_t fill) : fill_(_mm512_set1_epi8(static_cast<char>(fill))) {}
    DWCONV_INLINE __m512i operator()(std::uint64_t mask, const std::uint8_t* from) const {
        return _mm512_mask_loadu_epi8(fill_, mask, from);
    }

private:
    __m512i fill_;
};

/// Half as many, which are in fewer cache lines: all that quads of columns without a stride have.
struct ShortLoad {
    explicit ShortLoad(std::uint8_t fill) : fill_(_mm256_set1_epi8(static_cast<char>(fill))) {}
    DWCONV_INLINE __m512i operator()(std::uint64_t mask, const std::uint8_t* from) const {
        return _mm512_castsi256_si512(
            _mm256_mask_loadu_epi8(fill_, static_cast<__mmask32>(mask), from));
    }

private:
    __m256i fill_;
};

/// Planes whose strides are small.
template <class Load, bool Flips>
void make_columns(const QuadColumns& columns, const QuadRows& rows) {
    const QuadShuffle<Flips> shuffle(columns);
    const Load load(columns.fill);
    const std::int64_t step = vector_quads * columns.stride;
    const std::int64_t first = columns.first + rows.begin * columns.stride;
    const std::int64_t length = rows.end - rows.begin;
    const std::int64_t last = (length - 1) / vector_quads;
    // What of each vector is in a row is the same in all.
    std::uint64_t masks[longest_quad_row / vector_quads];
    for (std::int64_t i = 0; i <= last; ++i) {
        const std::int64_t at = first + i * step;
        masks[i] = bits_between(-at, columns.columns - at);
    }
    const auto rest = static_cast<__mmask16>(bits_between(0, length - last * vector_quads));
    for (std::int64_t plane = 0; plane < rows.planes; ++plane) {
        const std::uint8_t* src = rows.src + plane * rows.src_plane_pitch + first;
        Quad* to = rows.quads + plane * rows.quad_plane_pitch;
        for (std::int64_t row = 0; row < rows.count;
             ++row, src += rows.src_pitch, to += rows.pitch) {
            const std::uint8_t* from = src;
            for (std::int64_t i = 0; i < last; ++i, from += step) {
                _mm512_storeu_si512(to + i * vector_quads, shuffle(load(masks[i], from)));
            }
            _mm512_mask_storeu_epi32(to + last * vector_quads, rest,
                                     shuffle(load(masks[last], from)));
        }
    }
}

/// Quads of a plane one by one.
inline void make_one_by_one(const QuadColumns& columns, const QuadRows& rows,
                            const std::uint8_t* src, Quad* to) {
    for (std::int64_t row = 0; row < rows.count; ++row, src += rows.src_pitch, to += rows.pitch) {
        for (std::int64_t i = rows.begin; i < rows.end; ++i) {
            std::uint8_t bytes[quad_taps];
            for (std::int64_t t = 0; t < quad_taps; ++t) {
                const std::int64_t column =
                    columns.first + i * columns.stride + t * columns.dilation;
                const bool inside = column >= 0 && column < columns.columns;
                bytes[t] = (inside ? src[column] : columns.fill) ^ columns.flip;
            }
            std::memcpy(to + i - rows.begin, bytes, sizeof bytes);
        }
    }
}

/// What one tap meets for the elements of a row of channels-last memory, one byte after the other.
/// A block may be read beyond the last.
class TapStreams {
public:
    TapStreams(const QuadColumns& columns, const QuadRows& rows)
        : columns_(columns),
          begin_(rows.begin),
          count_(rows.end - rows.begin),
          pixel_(rows.begin / columns.channels),
          channel_(rows.begin % columns.channels) {}

    /// Where they lie, or a copy of them.
    const std::uint8_t* of(std::int64_t tap, const std::uint8_t* row, std::uint8_t* copy) const {
        const std::int64_t first = columns_.first + tap * columns_.dilation;
        if (columns_.stride == 1) {
            const std::int64_t at = begin_ + first * columns_.channels;
            const std::int64_t blocks = (count_ + quad_block - 1) / quad_block;
            if (at >= 0 && at + blocks * quad_block <= length()) return row + at;
            copy_piece(row, at, count_, copy);
            return copy;
        }
        gather(row, first, copy);
        return copy;
    }

private:
    std::int64_t length() const { return columns_.columns * columns_.channels; }

    /// Elements of a row from `at` on, padding outside of it. A vector more may be written.
    void copy_piece(const std::uint8_t* row, std::int64_t at, std::int64_t count,
                    std::uint8_t* to) const {
        const __m512i fill = _mm512_set1_epi8(static_cast<char>(columns_.fill));
        for (std::int64_t i = 0; i < count; i += 64, at += 64) {
            const std::uint64_t mask = bits_between(-at, length() - at);
            _mm512_storeu_si512(to + i, _mm512_mask_loadu_epi8(fill, mask, row + at));
        }
    }

    /// The elements of pixels a stride apart; the first pixel of a row of the destination has those
    /// of pixel `first`.
    void gather(const std::uint8_t* row, std::int64_t first, std::uint8_t* to) const {
        const std::int64_t channels = columns_.channels;
        const std::int64_t step = columns_.stride * channels;
        std::int64_t channel = channel_;
        std::int64_t at = (pixel_ * columns_.stride + first) * channels;
        const std::int64_t last_whole = length() - channels - 63;
        for (const std::uint8_t* const end = to + count_; to < end; at += step, channel = 0) {
            const std::int64_t left = end - to;
            const std::int64_t some = channels - channel < left ? channels - channel : left;
            const std::uint8_t* const from = row + at + channel;
            if (at < 0 || at > last_whole) {
                copy_piece(row, at + channel, some, to);
            } else if (channels <= 16) {
                _mm_storeu_si128(reinterpret_cast<__m128i*>(to),
                                 _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
            } else {
                for (std::int64_t i = 0; i < some; i += 64) {
                    _mm512_storeu_si512(to + i, _mm512_loadu_si512(from + i));
                    // The compiler would call memcpy(), which takes longer for so few bytes.
                    __asm__ volatile("" ::: "memory");
                }
            }
            to += some;
        }
    }

    const QuadColumns& columns_;
    std::int64_t begin_;
    std::int64_t count_;
    std::int64_t pixel_;  ///< of the destination
    std::int64_t channel_;
};

/// Interleaves blocks of as many taps as a quad has; see place_in_block().
DWCONV_INLINE void interleave(const __m512i (&taps)[quad_taps], Quad* to) {
    const __m512i low = _mm512_unpacklo_epi8(taps[0], taps[1]);
    const __m512i high = _mm512_unpackhi_epi8(taps[0], taps[1]);
    const __m512i low_too = _mm512_unpacklo_epi8(taps[2], taps[3]);
    const __m512i high_too = _mm512_unpackhi_epi8(taps[2], taps[3]);
    _mm512_storeu_si512(to, _mm512_unpacklo_epi16(low, low_too));
    _mm512_storeu_si512(to + 16, _mm512_unpackhi_epi16(low, low_too));
    _mm512_storeu_si512(to + 32, _mm512_unpacklo_epi16(high, high_too));
    _mm512_storeu_si512(to + 48, _mm512_unpackhi_epi16(high, high_too));
}

/// Asks for what the strip next to this one reads of a row, which is too short for the processor to
/// see it coming.
DWCONV_INLINE void prefetch_next(const QuadColumns& columns, const QuadRows& rows,
                                 const std::uint8_t* src) {
    const std::int64_t count = (rows.end - rows.begin) * columns.stride;
    const std::uint8_t* const next = src + rows.begin * columns.stride + count;
    for (std::int64_t i = 0; i < count; i += 64) {
        _mm_prefetch(reinterpret_cast<const char*>(next + i), _MM_HINT_T1);
    }
}

template <int Taps>
void make_channels(const QuadColumns& columns, const QuadRows& rows, const std::uint8_t* src,
                   Quad* to) {
    const __m512i flip = _mm512_set1_epi8(static_cast<char>(columns.flip));
    const TapStreams streams(columns, rows);
    const std::int64_t count = rows.end - rows.begin;
    // Those of the next row are copied before these are used, as what was stored in other pieces
    // than it is loaded has to arrive in the cache.
    alignas(64) std::uint8_t copies[2][Taps][longest_quad_row + 64];
    const std::uint8_t* from[2][Taps];
    const auto read = [&](std::int64_t row) {
        for (int tap = 0; tap < Taps; ++tap) {
            from[row % 2][tap] = streams.of(tap, src + row * rows.src_pitch, copies[row % 2][tap]);
        }
    };
    read(0);
    for (std::int64_t row = 0; row < rows.count; ++row, to += rows.pitch) {
        if (row + 1 < rows.count) read(row + 1);
        prefetch_next(columns, rows, src + row * rows.src_pitch);
        for (std::int64_t i = 0; i < count; i += quad_block) {
            __m512i taps[quad_taps] = {};
            unroll<Taps>([&](auto tap) __attribute__((always_inline)) {
                taps[tap.value] =
                    _mm512_xor_si512(_mm512_loadu_si512(from[row % 2][tap.value] + i), flip);
            });
            interleave(taps, to + i);
        }
    }
}

using MakePlane = void (*)(const QuadColumns& columns, const QuadRows& rows,
                           const std::uint8_t* src, Quad* to);

void make_quads(const QuadColumns& columns, const QuadRows& rows) {
    const bool planes = columns.channels == 1;
    if (planes && columns.has_order) {
        const bool flips = columns.flip != 0;
        if (columns.stride == 1) {
            return flips ? make_columns<ShortLoad, true>(columns, rows)
                         : make_columns<ShortLoad, false>(columns, rows);
        }
        return flips ? make_columns<LongLoad, true>(columns, rows)
                     : make_columns<LongLoad, false>(columns, rows);
    }
    constexpr MakePlane by_taps[quad_taps] = {make_channels<1>, make_channels<2>, make_channels<3>,
                                              make_channels<4>};
    const MakePlane make = planes ? make_one_by_one : by_taps[columns.taps - 1];
    for (std::int64_t plane = 0; plane < rows.planes; ++plane) {
        make(columns, rows, rows.src + plane * rows.src_plane_pitch,
             rows.quads + plane * rows.quad_plane_pitch);
    }
}

}  // namespace
}  // namespace dwconv::simd
