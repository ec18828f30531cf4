#pragma once

// Makes quads of rows of bytes; see quads.hpp, and lanes.hpp on linkage.

#include <xmmintrin.h>

#include <cstring>

#include "simd/quad_lanes.hpp"
#include "simd/quads.hpp"
#include "simd/unroll.hpp"
#if defined(__AVX512VNNI__)
#include "simd/quad_planes_avx512.hpp"
#else
#include "simd/quad_planes_avx2.hpp"
#endif

namespace dwconv::simd {
namespace {

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
        for (std::int64_t i = 0; i < count; i += quad_block, at += quad_block) {
            store_ints(to + i, load_inside(row, at, length(), columns_.fill));
        }
    }

    /// The elements of pixels a stride apart; the first pixel of a row of the destination has those
    /// of pixel `first`.
    void gather(const std::uint8_t* row, std::int64_t first, std::uint8_t* to) const {
        const std::int64_t channels = columns_.channels;
        const std::int64_t step = columns_.stride * channels;
        std::int64_t channel = channel_;
        std::int64_t at = (pixel_ * columns_.stride + first) * channels;
        const std::int64_t last_whole = length() - channels - (quad_block - 1);
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
                for (std::int64_t i = 0; i < some; i += quad_block) {
                    store_ints(to + i, load_ints(from + i));
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
    const QuadInts flip = splat_byte(columns.flip);
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
            QuadInts taps[quad_taps] = {};
            unroll<Taps>([&](auto tap) __attribute__((always_inline)) {
                taps[tap.value] = flipped(load_ints(from[row % 2][tap.value] + i), flip);
            });
            interleave(taps, to + i);
        }
    }
}

using MakePlane = void (*)(const QuadColumns& columns, const QuadRows& rows,
                           const std::uint8_t* src, Quad* to);

void make_quads(const QuadColumns& columns, const QuadRows& rows) {
    const bool planes = columns.channels == 1;
    if (planes && columns.has_order) return make_planes(columns, rows);
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
