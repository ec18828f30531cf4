#pragma once

// Makes quads of rows of planes; see quads.hpp, and lanes.hpp on linkage.

#include "simd/quad_lanes.hpp"
#include "simd/quads.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

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

template <class Load, bool Flips>
void make_columns(const QuadColumns& columns, const QuadRows& rows) {
    const QuadShuffle<Flips> shuffle(columns);
    const Load load(columns.fill);
    const std::int64_t step = quad_width * columns.stride;
    const std::int64_t first = columns.first + rows.begin * columns.stride;
    const std::int64_t length = rows.end - rows.begin;
    const std::int64_t last = (length - 1) / quad_width;
    // What of each vector is in a row is the same in all.
    std::uint64_t masks[longest_quad_row / quad_width];
    for (std::int64_t i = 0; i <= last; ++i) {
        const std::int64_t at = first + i * step;
        masks[i] = bits_between(-at, columns.columns - at);
    }
    const auto rest = static_cast<__mmask16>(bits_between(0, length - last * quad_width));
    for (std::int64_t plane = 0; plane < rows.planes; ++plane) {
        const std::uint8_t* src = rows.src + plane * rows.src_plane_pitch + first;
        Quad* to = rows.quads + plane * rows.quad_plane_pitch;
        for (std::int64_t row = 0; row < rows.count;
             ++row, src += rows.src_pitch, to += rows.pitch) {
            const std::uint8_t* from = src;
            for (std::int64_t i = 0; i < last; ++i, from += step) {
                _mm512_storeu_si512(to + i * quad_width, shuffle(load(masks[i], from)));
            }
            _mm512_mask_storeu_epi32(to + last * quad_width, rest,
                                     shuffle(load(masks[last], from)));
        }
    }
}

/// Planes whose quads have an order.
void make_planes(const QuadColumns& columns, const QuadRows& rows) {
    const bool flips = columns.flip != 0;
    if (columns.stride == 1) {
        return flips ? make_columns<ShortLoad, true>(columns, rows)
                     : make_columns<ShortLoad, false>(columns, rows);
    }
    return flips ? make_columns<LongLoad, true>(columns, rows)
                 : make_columns<LongLoad, false>(columns, rows);
}

}  // namespace
}  // namespace dwconv::simd
