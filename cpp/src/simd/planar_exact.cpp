// What planar convolutions compute element by element, in double.

#include <algorithm>

#include "simd/planar.hpp"

namespace dwconv::simd {

/// Rows that no tap makes.
void PlanarConvolution::fill_with_bias(const PlanarTile& tile) const {
    const std::int64_t begin = tile.row_begin * shape().dst_pitch;
    const std::int64_t end = tile.row_end * shape().dst_pitch;
    // Rows are of whole periods.
    for (std::int64_t i = begin; i < end; ++i) {
        const double added = tile.add == nullptr ? 0.0 : tile.add[i];
        const double sum = tile.bias[i % shape().period] + added;
        tile.dst[i] = static_cast<float>(shape().activation.activation(sum));
    }
}

void PlanarConvolution::run_exactly(const PlanarArrays& arrays, const PlanarPart& part) const {
    const PlanarShape& s = shape();
    const std::int64_t columns_end = std::min(part.column_end, s.dst_pitch);
    const std::int64_t channel_begin = cut_between_channels(part.channel_begin, arrays.dst);
    const std::int64_t channel_end = cut_between_channels(part.channel_end, arrays.dst);
    for (std::int64_t plane = part.plane_begin; plane < part.plane_end; ++plane) {
        for (std::int64_t row = part.row_begin; row < part.row_end; ++row) {
            for (std::int64_t i = part.column_begin; i < columns_end; ++i) {
                const std::int64_t channel = i % s.period;
                const bool inside = channel >= channel_begin && channel < channel_end;
                if (s.period != 1 && !inside) continue;
                const std::int64_t at = plane * dst_size_ + row * s.dst_pitch + i;
                const double added = arrays.add == nullptr ? 0.0 : arrays.add[at];
                const double sum = exact_sum(arrays, plane, row, i) + added;
                arrays.dst[at] = static_cast<float>(s.activation.activation(sum));
            }
        }
    }
}

/// Bias and products of one element of a plane of the destination, before the activation.
double PlanarConvolution::exact_sum(const PlanarArrays& arrays, std::int64_t plane,
                                    std::int64_t row, std::int64_t i) const {
    const PlanarShape& s = shape();
    const PlanarGeometry& g = geometry_;
    const std::int64_t volume = plane / g.dst_depth;
    const std::int64_t first = s.period == 1 ? volume % channels_ : 0;
    const std::int64_t channel = i % s.period;
    const float* const src = arrays.src + volume / multiplier_ * g.src_depth * src_size_;
    const float* tap = arrays.packed + weights_of(first) + channel;
    double sum = arrays.packed[bias_offset_ + static_cast<std::size_t>(first + channel)];
    for (std::int64_t d = 0; d < s.kernel_depth; ++d) {
        const std::int64_t z =
            plane % g.dst_depth * g.depth_stride - g.depth_padding + d * g.depth_dilation;
        for (std::int64_t t = 0; t < s.kernel_rows; ++t) {
            const std::int64_t y = row * s.row_stride - s.row_padding + t * s.row_dilation;
            for (std::int64_t k = 0; k < s.kernel_columns; ++k, tap += s.tap_pitch) {
                const std::int64_t x =
                    i / s.period * s.column_stride - g.column_padding + k * g.column_dilation;
                if (x < 0 || x >= g.src_columns || y < 0 || y >= s.src_rows || z < 0 ||
                    z >= g.src_depth) {
                    continue;
                }
                const std::int64_t at =
                    z * src_size_ + y * s.src_pitch + x * s.src_channels + channel / s.multiplier;
                sum += double{src[at]} * double{*tap};
            }
        }
    }
    return sum;
}

}  // namespace dwconv::simd
