#pragma once

// From a tile to strips down which sums roll. See lanes.hpp on linkage.

#include <cstring>

#include "simd/lane_activation.hpp"
#include "simd/planar_blocks.hpp"
#include "simd/planar_rolling.hpp"

namespace dwconv::simd {
namespace {

/// Finishes rows shorter than a vector, of which the sums are kept, a vector for each.
__attribute__((noinline)) void store_kept(const RolledBand& band, const float* kept, float* dst,
                                          const float* add) {
    const PlanarShape& shape = *band.shape;
    const std::int64_t width = shape.dst_pitch;
    for (std::int64_t row = 0; row < band.count; ++row) {
        Floats sum = load(kept + row * lanes);
        if (add != nullptr) sum += load_part(add + row * width, width);
        if (shape.activation.clamps) sum = Clamp<true>(shape.activation)(sum);
        store_part(dst + row * width, sum, width);
    }
}

/// The vector at `begin` of each row of a band.
template <int Taps, int Step, bool Masked>
__attribute__((noinline)) void roll_strip(const RolledBand& band, std::int64_t begin) {
    const PlanarShape& shape = *band.shape;
    Roller<Taps, Step, Masked> roller(shape, begin);
    const float* src = band.src + Step * begin + shape.offsets[0];
    const char* ahead = band.ahead + Step * begin * band.ahead_bytes;
    const float* weights = band.weights;
    const float* add = band.add == nullptr ? nullptr : band.add + begin;
    float* dst = band.dst + begin;
    const std::int64_t next =
        band.planes == 1 ? band.count * shape.dst_pitch : band.planes * band.dst_step;
    const std::int64_t dst_ahead = shape.beyond_caches ? next : 0;
    const std::int64_t last_row = (band.count - 1) * shape.dst_pitch;
    for (std::int64_t plane = 0; plane < band.planes; ++plane) {
        roller.load_taps(weights);
        const Floats bias = splat(band.bias[plane]);
        const auto roll_to = [&](const StripRows& to) __attribute__((always_inline)) {
            if constexpr (Step == 1) {
                roll<Taps>(band, roller, bias, src, ahead, to);
            } else {
                roll_by_two<Taps>(band, roller, bias, src, ahead, to);
            }
        };
        // What a vector writes beyond a row shorter than itself, the next row overwrites.
        const bool fits = shape.dst_pitch >= lanes || dst + last_row + lanes <= band.dst_end;
        float kept[most_rolled_rows * lanes];
        roll_to(fits ? StripRows{dst, add, shape.dst_pitch, dst_ahead, shape.activation.clamps}
                     : StripRows{kept, nullptr, lanes, 0, false});
        if (!fits) store_kept(band, kept, dst, add);
        src += band.src_step;
        ahead += band.src_step * band.ahead_bytes;
        dst += band.dst_step;
        if (add != nullptr) add += band.dst_step;
        weights += Taps * Taps;
    }
}

/// Whether all columns of a strip that are needed are inside the row.
template <int Taps, int Step>
inline bool is_inside(const PlanarShape& shape, std::int64_t begin) {
    return Step * begin + shape.offsets[0] >= 0 &&
           Step * begin + shape.offsets[Taps - 1] + needed<Step>(shape) <= shape.row_length;
}

template <int Taps, int Step>
void roll_band(const RolledBand& band) {
    for (RowWalk walk(*band.shape); !walk.done(); walk.next()) {
        if (is_inside<Taps, Step>(*band.shape, walk.begin())) {
            roll_strip<Taps, Step, false>(band, walk.begin());
        } else {
            roll_strip<Taps, Step, true>(band, walk.begin());
        }
    }
}

/// Rows `row_begin` to `row_end` of the destination, of the planes `first` to `first` + `planes`.
inline void run_band(const PlanarShape& shape, const PlanarTile& tile, std::int64_t first,
                     std::int64_t planes, std::int64_t row_begin, std::int64_t row_end) {
    const std::int64_t top = row_begin * shape.row_stride - shape.row_padding;
    const std::int64_t bottom =
        (row_end - 1) * shape.row_stride - shape.row_padding + shape.kernel_rows;
    const std::int64_t from = top < 0 ? 0 : top;
    const std::int64_t to = bottom < shape.src_rows ? bottom : shape.src_rows;
    const std::int64_t at = first * tile.dst_step + row_begin * shape.dst_pitch;
    RolledBand band = {};
    band.shape = &shape;
    band.count = row_end - row_begin;
    band.lead = from - top;
    band.rows = to > from ? to - from : 0;
    band.dst = tile.dst + at;
    if (tile.add != nullptr) band.add = tile.add + at;
    band.weights = tile.weights + first * shape.kernel_rows * shape.weights_pitch;
    band.bias = tile.bias + first;
    band.planes = planes;
    band.src_step = tile.src_step;
    band.dst_step = tile.dst_step;
    band.dst_end = tile.dst + tile.dst_end;
    const PlanarPlane& plane = tile.planes[0];
    band.src = plane.src + first * tile.src_step + from * shape.src_pitch;
    const std::int64_t band_step = band.count * shape.row_stride * shape.src_pitch;
    if (tile.ahead == nullptr) {
        const std::int64_t next = planes == 1 ? band_step : planes * tile.src_step;
        band.ahead = reinterpret_cast<const char*>(band.src + next);
        band.ahead_bytes = sizeof(float);
    } else {
        const std::int64_t row = (row_begin - tile.row_begin) * shape.row_stride;
        band.ahead_bytes = tile.ahead_bytes;
        band.ahead =
            tile.ahead + (first * tile.src_step + row * shape.src_pitch) * tile.ahead_bytes;
    }
    if (band.rows != 0 && (from < plane.begin || to > plane.end)) {
        float* const copy = plane.gathered + shape.margin;
        std::memcpy(copy, band.src,
                    static_cast<std::size_t>(band.rows * shape.src_pitch) * sizeof *copy);
        band.src = copy;
    }
    const bool three = shape.kernel_rows == 3;
    if (shape.column_step == 1) {
        three ? roll_band<3, 1>(band) : roll_band<5, 1>(band);
    } else {
        three ? roll_band<3, 2>(band) : roll_band<5, 2>(band);
    }
    if (shape.activation.clamps) return;
    for (std::int64_t p = 0; p < planes; ++p) {
        activate(shape.activation.activation, band.dst + p * tile.dst_step,
                 band.count * shape.dst_pitch);
    }
}

inline void run_rolling(const PlanarShape& shape, const PlanarTile& tile) {
    for (std::int64_t first = 0; first < tile.repeats; first += shape.rolled_planes) {
        const std::int64_t left = tile.repeats - first;
        const std::int64_t planes = left < shape.rolled_planes ? left : shape.rolled_planes;
        for (std::int64_t row = tile.row_begin; row < tile.row_end; row += shape.rolled_rows) {
            const std::int64_t end = row + shape.rolled_rows;
            run_band(shape, tile, first, planes, row, end < tile.row_end ? end : tile.row_end);
        }
    }
}

}  // namespace
}  // namespace dwconv::simd
