#pragma once

// Makes quads of rows of planes; see quads.hpp, and lanes.hpp on linkage.

#include <immintrin.h>

#include <cstring>

#include "simd/clamp_to.hpp"
#include "simd/quad_lanes.hpp"
#include "simd/quads.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

/// Half of a vector of quads is made of so many bytes.
constexpr std::int64_t half_bytes = 16;
constexpr std::int64_t half_quads = quad_width / 2;

/// How a vector of quads is made of a row: each half of 16 of its bytes, which are shuffled so that
/// padding is 0, and then changed.
struct VectorOrder {
    __m256i bytes;
    __m256i changes;
    std::int64_t begins[2];  ///< of the halves, in the row
    std::int64_t to;         ///< among the quads

    /// For the quads from `quad` on, of those that begin with element `first` of the destination.
    /// Nothing outside of a row is read that has as many columns as half a vector is made of.
    void set(const QuadColumns& columns, std::int64_t first, std::int64_t quad) {
        to = quad;
        std::int64_t at = columns.first + (first + quad) * columns.stride;
        const std::int64_t last = columns.columns - half_bytes;
        const __m128i from = _mm_load_si128(reinterpret_cast<const __m128i*>(columns.order.bytes));
        __m128i halves[2], changed[2];
        for (int half = 0; half < 2; ++half, at += half_quads * columns.stride) {
            begins[half] = clamp_to(at, 0, last < 0 ? 0 : last);
            constexpr std::int64_t most = 127;
            const auto splat = [](std::int64_t value) {
                return _mm_set1_epi8(static_cast<char>(value));
            };
            const __m128i inside =
                _mm_and_si128(_mm_cmpgt_epi8(from, splat(clamp_to(-at, 0, most) - 1)),
                              _mm_cmpgt_epi8(splat(clamp_to(columns.columns - at, 0, most)), from));
            halves[half] =
                _mm_blendv_epi8(splat(-1), _mm_add_epi8(from, splat(at - begins[half])), inside);
            changed[half] =
                _mm_blendv_epi8(splat(columns.fill ^ columns.flip), splat(columns.flip), inside);
        }
        bytes = _mm256_set_m128i(halves[1], halves[0]);
        changes = _mm256_set_m128i(changed[1], changed[0]);
    }

    DWCONV_INLINE __m256i operator()(const std::uint8_t* row) const {
        const auto half = [&](int i) __attribute__((always_inline)) {
            return _mm_loadu_si128(reinterpret_cast<const __m128i*>(row + begins[i]));
        };
        const __m256i from = _mm256_set_m128i(half(1), half(0));
        return _mm256_xor_si256(_mm256_shuffle_epi8(from, bytes), changes);
    }
};

/// Some vectors next to each other of all rows. What a row of less than a vector has too many is in
/// the place of the next ones, which are made after it.
template <int Vectors>
void make_vectors(const QuadColumns& columns, const QuadRows& rows, std::int64_t first) {
    const std::int64_t length = rows.end - rows.begin;
    const bool is_short = length < quad_width;
    VectorOrder orders[Vectors];
    for (int i = 0; i < Vectors; ++i) {
        // The last one is moved back to end with the row.
        const std::int64_t last = is_short ? 0 : length - quad_width;
        orders[i].set(columns, rows.begin, clamp_to(first + i * quad_width, 0, last));
    }
    const std::uint8_t* const end = rows.src + (rows.planes - 1) * rows.src_plane_pitch +
                                    (rows.count - 1) * rows.src_pitch + columns.columns;
    for (std::int64_t plane = 0; plane < rows.planes; ++plane) {
        const std::uint8_t* src = rows.src + plane * rows.src_plane_pitch;
        Quad* to = rows.quads + plane * rows.quad_plane_pitch;
        const Quad* const quads_end = to + (rows.count - 1) * rows.pitch + length;
        std::int64_t row = 0;
        for (; row < rows.count && end - src >= half_bytes && quads_end - to >= quad_width; ++row) {
            unroll<Vectors>([&](auto i) __attribute__((always_inline)) {
                store_ints(to + orders[i.value].to, orders[i.value](src));
            });
            src += rows.src_pitch;
            to += rows.pitch;
        }
        // The last rows, one by one, where less than a vector may be read or written.
        for (; row < rows.count; ++row, src += rows.src_pitch, to += rows.pitch) {
            std::uint8_t copy[half_bytes];
            const std::uint8_t* from = src;
            if (columns.columns < half_bytes) {
                std::memcpy(copy, src, static_cast<std::size_t>(columns.columns));
                from = copy;
            }
            for (const VectorOrder& order : orders) {
                Quad quads[quad_width];
                store_ints(quads, order(from));
                const std::int64_t count = is_short ? length : quad_width;
                std::memcpy(to + order.to, quads, static_cast<std::size_t>(count) * sizeof *to);
            }
        }
    }
}

/// Planes whose quads have an order.
void make_planes(const QuadColumns& columns, const QuadRows& rows) {
    const std::int64_t length = rows.end - rows.begin;
    std::int64_t first = 0;
    // As many as have their orders in registers.
    constexpr std::int64_t most = 4;
    for (; length - first > (most - 1) * quad_width; first += most * quad_width) {
        make_vectors<most>(columns, rows, first);
    }
    const std::int64_t rest = length - first;
    if (rest > 2 * quad_width) return make_vectors<3>(columns, rows, first);
    if (rest > quad_width) return make_vectors<2>(columns, rows, first);
    if (rest > 0) make_vectors<1>(columns, rows, first);
}

}  // namespace
}  // namespace dwconv::simd
