#pragma once

// Kernels of one row: sums along a line. Included once by each file that is compiled for an
// instruction set; see lanes.hpp on linkage.

#include <cstdint>

#include "simd/cache_line.hpp"
#include "simd/lane_activation.hpp"
#include "simd/lane_clamp.hpp"
#include "simd/lane_stream.hpp"
#include "simd/lanes.hpp"
#include "simd/planar_gather.hpp"
#include "simd/planar_shape.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

/// A piece of a line that an activation of its own finds in the first-level cache.
constexpr std::int64_t piece_length = 2048;
static_assert(piece_length % (most_vectors * lanes) == 0);

inline Floats load_tap(const PlanarShape& shape, const float* from) {
    return shape.period == 1 ? splat(*from) : load(from);
}

/// Adds the taps of a chain to all sums. Each source vector is loaded once, where the sums would
/// load it for each tap again.
template <int Taps, int Vectors>
DWCONV_INLINE void add_chain(const PlanarShape& shape, const TapChain& chain, const float* src,
                             const float* weights, Floats (&sums)[Vectors]) {
    Floats taps[Taps];
    unroll<Taps>([&](auto tap) __attribute__((always_inline)) {
        taps[tap.value] = load_tap(shape, weights + tap.value * chain.step);
    });
    unroll<Vectors + Taps - 1>([&](auto input) __attribute__((always_inline)) {
        const Floats source = load(src + input.value * lanes);
        unroll<Vectors>([&](auto sum) __attribute__((always_inline)) {
            constexpr int tap = decltype(input)::value - sum.value;
            if constexpr (tap >= 0 && tap < Taps) sums[sum.value] += source * taps[tap];
        });
    });
}

/// `Vectors` vectors of the destination, of the last of which no more is stored than makes `count`
/// floats in all. `src` is what offset 0 is for the first of them, `add` what is added to them, or
/// null.
template <int Vectors>
void convolve_vectors(const PlanarShape& shape, const PlanarTile& tile, const float* src,
                      const float* add, float* dst, std::int64_t count) {
    static_assert(most_chained == 4);
    Floats sums[Vectors];
    const Floats bias = load_tap(shape, tile.bias);
    unroll<Vectors>([&](auto sum) __attribute__((always_inline)) { sums[sum.value] = bias; });
    for (std::int64_t c = 0; c < shape.chain_count; ++c) {
        const TapChain& chain = shape.chains[c];
        const float* const first = src + chain.offset;
        const float* const weights = tile.weights + chain.weights;
        switch (chain.count) {
            case 1:
                add_chain<1>(shape, chain, first, weights, sums);
                break;
            case 2:
                add_chain<2>(shape, chain, first, weights, sums);
                break;
            case 3:
                add_chain<3>(shape, chain, first, weights, sums);
                break;
            default:
                add_chain<4>(shape, chain, first, weights, sums);
        }
    }
    constexpr int last = Vectors - 1;
    if (add != nullptr) {
        unroll<last>([&](auto sum) __attribute__((always_inline)) {
            sums[sum.value] += load(add + sum.value * lanes);
        });
        sums[last] += count >= Vectors * lanes
                          ? load(add + last * lanes)
                          : load_part(add + last * lanes, count - last * lanes);
    }
    if (shape.activation.clamps) {
        const Clamp<true> clamp(shape.activation);
        unroll<Vectors>([&](auto each) __attribute__((always_inline)) {
            sums[each.value] = clamp(sums[each.value]);
        });
    }
    unroll<last>([&](auto sum) __attribute__((always_inline)) {
        store(dst + sum.value * lanes, sums[sum.value]);
    });
    if (count >= Vectors * lanes) {
        store(dst + last * lanes, sums[last]);
    } else {
        store_part(dst + last * lanes, sums[last], count - last * lanes);
    }
}

using LineFunction = void (*)(const PlanarShape& shape, const PlanarTile& tile, const float* src,
                              const float* add, float* dst, std::int64_t count);
static_assert(most_vectors == 8);
constexpr LineFunction by_vectors[most_vectors] = {
    convolve_vectors<1>, convolve_vectors<2>, convolve_vectors<3>, convolve_vectors<4>,
    convolve_vectors<5>, convolve_vectors<6>, convolve_vectors<7>, convolve_vectors<8>};

/// Copies elements `begin` to `begin` + `count` of a row, zeros for those outside it. Up to a
/// vector more is written.
inline void copy_padded(const float* row, std::int64_t length, std::int64_t begin,
                        std::int64_t count, float* to) {
    for (std::int64_t i = 0; i < count; i += lanes) store(to + i, Floats{});
    const std::int64_t first = begin < 0 ? -begin : 0;
    const std::int64_t last = length - begin < count ? length - begin : count;
    std::int64_t i = first;
    for (; i + lanes <= last; i += lanes) store(to + i, load(row + begin + i));
    for (; i < last; ++i) to[i] = row[begin + i];
}

/// Elements `begin` to `end` of a row of the destination, in blocks. The last block is moved back
/// to end with them; where it is the only one, its last vector is stored in part. `add` is a row
/// too, or null.
inline void run_piece(const PlanarShape& shape, const PlanarTile& tile, const float* row,
                      const float* add, std::int64_t begin, std::int64_t end, float* dst) {
    const std::int64_t length = end - begin;
    std::int64_t vectors = (length + lanes - 1) / lanes;
    for (std::int64_t at = begin; vectors > 0;) {
        // Two blocks about equal rather than a last one of few sums, which wait for one another.
        const std::int64_t now = vectors >= 2 * most_vectors ? most_vectors
                                 : vectors > most_vectors    ? (vectors + 1) / 2
                                                             : vectors;
        const std::int64_t width = now * lanes;
        vectors -= now;
        if (vectors == 0 && length >= width) at = end - width;
        const float* src = row + at;
        const std::int64_t first = at + shape.least_offset;
        const std::int64_t inputs = width + shape.extent;
        if (first < 0 || first + inputs > shape.row_length) {
            copy_padded(row, shape.row_length, first, inputs, tile.planes->gathered);
            src = tile.planes->gathered - shape.least_offset;
        }
        by_vectors[now - 1](shape, tile, src, add == nullptr ? nullptr : add + at, dst + at,
                            end - at);
        at += width;
    }
    if (!shape.activation.clamps) activate(shape.activation.activation, dst + begin, length);
}

/// Copies past the caches; the parts of cache lines at the ends, and all that is not aligned as
/// floats are, the usual way.
inline void copy_past_caches(const float* from, std::int64_t count, float* to) {
    std::int64_t i = 0;
    for (; i < count && bytes_into_cache_line(to + i) != 0; ++i) to[i] = from[i];
    for (; i + line_floats <= count; i += line_floats) {
        for (std::int64_t j = 0; j < line_floats; j += lanes) {
            stream(to + i + j, load(from + i + j));
        }
    }
    for (; i < count; ++i) to[i] = from[i];
}

/// A row of the source where its columns have no stride and its padding is zeros.
inline const float* gather_line(const PlanarShape& shape, const PlanarTile& tile,
                                const float* row) {
    float* const gathered = tile.planes->gathered;
    if (shape.column_stride == 1 && shape.multiplier == 1) {
        const ColumnPhase& phase = shape.phases[0];
        clear_padding(shape, 1, gathered);
        copy_padded(row, shape.src_pitch, phase.first * shape.src_channels,
                    phase.count * shape.src_channels, gathered + phase.offset);
    } else {
        gather_rows(shape, row, 1, gathered);
    }
    return gathered;
}

void run_lines(const PlanarShape& shape, const PlanarTile& tile) {
    for (std::int64_t y = tile.row_begin; y < tile.row_end; ++y) {
        const std::int64_t from = y * shape.row_stride - shape.row_padding;
        const bool inside = from >= 0 && from < shape.src_rows;
        const float* row = inside ? tile.planes->src + from * shape.src_pitch : shape.zero_row;
        if (inside && shape.gathered) row = gather_line(shape, tile, row);
        float* const dst = tile.dst + y * shape.dst_pitch;
        const float* const add = tile.add == nullptr ? nullptr : tile.add + y * shape.dst_pitch;
        for (std::int64_t begin = tile.column_begin; begin < tile.column_end;) {
            std::int64_t end = begin + piece_length;
            // The next piece then begins with a cache line.
            if (shape.beyond_caches) end -= floats_into_cache_line(dst + end);
            if (end > tile.column_end) end = tile.column_end;
            if (shape.beyond_caches) {
                float piece[piece_length];
                run_piece(shape, tile, row, add, begin, end, piece - begin);
                copy_past_caches(piece, end - begin, dst + begin);
            } else {
                run_piece(shape, tile, row, add, begin, end, dst);
            }
            begin = end;
        }
    }
}

}  // namespace
}  // namespace dwconv::simd
