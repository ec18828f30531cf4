#pragma once

// What goes on before and after the sums. Included once by each file that is compiled for an
// instruction set; see lanes.hpp on linkage.

#include "simd/backward_weights_blocks.hpp"
#include "simd/backward_weights_pixels.hpp"
#include "simd/backward_weights_planes.hpp"

namespace dwconv::simd {
namespace {

/// Adds the parts of a vector up to four lanes.
DWCONV_INLINE Quad folded(const float* from) {
    Quad sum = load_quad(from);
    for (int lane = 4; lane < lanes; lane += 4) sum += load_quad(from + lane);
    return sum;
}

/// The sums of each vector's lanes.
DWCONV_INLINE Quad sums_of(Quad a, Quad b, Quad c, Quad d) {
    const Quad ab =
        __builtin_shufflevector(a, b, 0, 4, 1, 5) + __builtin_shufflevector(a, b, 2, 6, 3, 7);
    const Quad cd =
        __builtin_shufflevector(c, d, 0, 4, 1, 5) + __builtin_shufflevector(c, d, 2, 6, 3, 7);
    return __builtin_shufflevector(ab, cd, 0, 1, 4, 5) +
           __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
}

void add_all_lanes(float* sums, double* to, std::int64_t count) {
    for (std::int64_t i = 0; i < count; i += 4) {
        const std::int64_t vectors = count - i < 4 ? count - i : 4;
        Quad quads[4] = {};
        for (std::int64_t v = 0; v < vectors; ++v) {
            quads[v] = folded(sums + (i + v) * lanes);
            store(sums + (i + v) * lanes, Floats{});
        }
        const Quad four = sums_of(quads[0], quads[1], quads[2], quads[3]);
        for (std::int64_t v = 0; v < vectors; ++v) to[i + v] += double{four[v]};
    }
}

void add_lanes(float* sums, double* to, std::int64_t count) {
    for (std::int64_t i = 0; i < count * lanes; ++i) {
        to[i] += double{sums[i]};
        sums[i] = 0.0f;
    }
}

void gather(const float* from, std::int64_t step, float* to, std::int64_t count) {
    std::int64_t i = 0;
    if (step == 1) {
        for (; i + lanes <= count; i += lanes) store(to + i, load(from + i));
    } else if (step == 2) {
        for (; i + lanes <= count; i += lanes) store(to + i, load_every_second(from + 2 * i));
    }
    for (; i < count; ++i) to[i] = from[i * step];
}

/// Four floats of each lane, of lane r + 4 · h in part h of vector r.
DWCONV_INLINE Floats load_quads(const float* from, std::int64_t lane_step) {
    Floats values;
    for (int part = 0; part < lanes / 4; ++part) {
        const Quad quad = load_quad(from + 4 * part * lane_step);
        std::memcpy(reinterpret_cast<char*>(&values) + part * sizeof quad, &quad, sizeof quad);
    }
    return values;
}

/// Of each part of two vectors, the lanes 0 and 1 (2 and 3) in turns.
template <int First>
DWCONV_INLINE Floats in_turns(Floats a, Floats b) {
    constexpr int f = First;
    constexpr int g = First + lanes;
#if defined(__AVX512F__)
    return __builtin_shufflevector(a, b, f, g, f + 1, g + 1, f + 4, g + 4, f + 5, g + 5, f + 8,
                                   g + 8, f + 9, g + 9, f + 12, g + 12, f + 13, g + 13);
#elif defined(__AVX2__)
    return __builtin_shufflevector(a, b, f, g, f + 1, g + 1, f + 4, g + 4, f + 5, g + 5);
#else
    return __builtin_shufflevector(a, b, f, g, f + 1, g + 1);
#endif
}

/// Of each part of two vectors, the lanes 0 and 1 (2 and 3) of both.
template <int First>
DWCONV_INLINE Floats in_pairs(Floats a, Floats b) {
    constexpr int f = First;
    constexpr int g = First + lanes;
#if defined(__AVX512F__)
    return __builtin_shufflevector(a, b, f, f + 1, g, g + 1, f + 4, f + 5, g + 4, g + 5, f + 8,
                                   f + 9, g + 8, g + 9, f + 12, f + 13, g + 12, g + 13);
#elif defined(__AVX2__)
    return __builtin_shufflevector(a, b, f, f + 1, g, g + 1, f + 4, f + 5, g + 4, g + 5);
#else
    return __builtin_shufflevector(a, b, f, f + 1, g, g + 1);
#endif
}

/// Four columns of planes that lie `lane_step` apart.
DWCONV_INLINE void gather_four(const float* from, std::int64_t lane_step, float* to,
                               const std::int64_t* places) {
    const Floats a = load_quads(from, lane_step);
    const Floats b = load_quads(from + lane_step, lane_step);
    const Floats c = load_quads(from + 2 * lane_step, lane_step);
    const Floats d = load_quads(from + 3 * lane_step, lane_step);
    const Floats ab = in_turns<0>(a, b), cd = in_turns<0>(c, d);
    const Floats ab2 = in_turns<2>(a, b), cd2 = in_turns<2>(c, d);
    store(to + places[0], in_pairs<0>(ab, cd));
    store(to + places[1], in_pairs<2>(ab, cd));
    store(to + places[2], in_pairs<0>(ab2, cd2));
    store(to + places[3], in_pairs<2>(ab2, cd2));
}

void gather_vectors(const float* from, std::int64_t step, std::int64_t lane_step, float* to,
                    const std::int64_t* places, std::int64_t count) {
    if (lane_step == 1) {
        for (std::int64_t i = 0; i < count; ++i) store(to + places[i], load(from + i * step));
        return;
    }
    if (step == 1 && count >= 4) {
        for (std::int64_t i = 0; i < count; i += 4) {
            // The last ones end with the row: some columns twice.
            const std::int64_t first = i + 4 <= count ? i : count - 4;
            gather_four(from + first, lane_step, to, places + first);
        }
        return;
    }
    for (std::int64_t i = 0; i < count; ++i) {
        for (int lane = 0; lane < lanes; ++lane) {
            to[places[i] + lane] = from[i * step + lane * lane_step];
        }
    }
}

template <int RowTaps, int... J>
constexpr void set_functions(SumBlock* functions, std::integer_sequence<int, J...>) {
    ((functions[J] = block_function<RowTaps, J + 1>()), ...);
}

constexpr WeightsKernels weights_kernels(const char* name) {
    WeightsKernels kernels = {};
    kernels.name = name;
    kernels.lanes = lanes;
    kernels.row_taps = row_taps_of_block;
    kernels.add_all_lanes = add_all_lanes;
    kernels.add_lanes = add_lanes;
    kernels.gather = gather;
    kernels.gather_vectors = gather_vectors;
    kernels.add_floats = add_floats;
    kernels.add_vectors = add_vectors;
    kernels.roll_pixels[0] = roll_pixels<1>;
    kernels.roll_pixels[1] = roll_pixels<2>;
#if defined(__AVX2__)
    // Older processors have no loads of some lanes alone.
    kernels.roll_planes[0] = roll_planes<1>;
    kernels.roll_planes[1] = roll_planes<2>;
#endif
    using All = std::make_integer_sequence<int, most_column_taps>;
    set_functions<1>(kernels.sum[0], All());
    set_functions<2>(kernels.sum[1], All());
    set_functions<3>(kernels.sum[2], All());
    set_functions<4>(kernels.sum[3], All());
    return kernels;
}

}  // namespace
}  // namespace dwconv::simd
