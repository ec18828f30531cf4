#include <algorithm>

#include "ceil_div.hpp"
#include "strategy/weights_in_place.hpp"

namespace dwconv::strategy {

namespace {

/// Terms of a lane that are summed in a register, at most.
constexpr std::int64_t register_terms = 128;
/// Columns of the source whose cache lines, of some rows, stay in a first-level cache for all
/// vectors that have a part of them.
constexpr std::int64_t columns_in_cache = 32;

/// Outputs of a row that are done together: about equal parts.
std::int64_t columns_of(const WeightsAxis& columns) {
    const std::int64_t most = columns_in_cache / columns.stride;
    return ceil_div(columns.outputs, ceil_div(columns.outputs, most));
}

std::int64_t band_of(const WeightsAxis& columns) {
    return std::max<std::int64_t>(register_terms / columns_of(columns), 1);
}

class PixelSums final : public WeightsInPlace {
public:
    explicit PixelSums(const WeightsShape& shape)
        : WeightsInPlace(shape, band_of(shape.axes[2]), shape.axes[2].outputs),
          columns_(columns_of(shape.axes[2])) {}

private:
    void add_rows(const WeightsSource& arrays, std::int64_t n, std::int64_t z, Range rows,
                  Range units, float* sums) const override;
    void add_taps(const PlaneRows& src, const PlaneRows& diff, Range rows, Range columns,
                  float* sums) const;
    void add_gradient(const PlaneRows& diff, Range rows, Range columns, float* sum) const;

    std::int64_t columns_;
};

void PixelSums::add_rows(const WeightsSource& arrays, std::int64_t n, std::int64_t z, Range rows,
                         Range units, float* sums) const {
    const WeightsAxis &depth = shape_.axes[0], &width = shape_.axes[2];
    const std::int64_t lanes = shape_.kernels.lanes;
    for (std::int64_t begin = 0; begin < width.outputs; begin += columns_) {
        const Range columns = {begin, std::min(begin + columns_, width.outputs)};
        float* to = sums;
        for (std::int64_t unit = units.begin; unit < units.end; ++unit) {
            const std::int64_t channel = shape_.channel(unit);
            const PlaneRows diff = plane_of(arrays.diff_dst, n, channel, z, 0, 1);
            for (std::int64_t tap = 0; tap < depth.kernel; ++tap) {
                const std::int64_t at = depth.element(z, tap);
                if (!depth.has(at)) continue;
                add_taps(plane_of(arrays.src, n, channel, at, 0, 1), diff, rows, columns,
                         to + shape_.first_vector(0, tap) * lanes);
            }
            if (shape_.problem.bias) {
                add_gradient(diff, rows, columns, to + shape_.bias_vector(0) * lanes);
            }
            to += shape_.vectors_of_unit() * lanes;
        }
    }
}

/// Rows of outputs that meet the same row taps in turn.
void PixelSums::add_taps(const PlaneRows& src, const PlaneRows& diff, Range rows, Range columns,
                         float* sums) const {
    const WeightsAxis &height = shape_.axes[1], &width = shape_.axes[2];
    simd::RolledPixels pixels = {};
    pixels.src_row_step = height.stride * src.row_step;
    pixels.src_tap_step = height.dilation * src.row_step;
    pixels.src_pitch = src.column_step;
    pixels.src_columns = width.elements;
    pixels.diff_row_step = diff.row_step;
    pixels.diff_pitch = diff.column_step;
    pixels.begin = columns.begin;
    pixels.end = columns.end;
    pixels.column_padding = width.low;
    pixels.kernel_columns = width.kernel;
    for (std::int64_t row = rows.begin; row < rows.end; row += pixels.rows) {
        const std::int64_t tap = height.first_tap(row), tap_end = height.end_tap(row);
        pixels.rows = 1;
        while (row + pixels.rows < rows.end && height.first_tap(row + pixels.rows) == tap &&
               height.end_tap(row + pixels.rows) == tap_end) {
            ++pixels.rows;
        }
        if (tap >= tap_end) continue;
        pixels.src = src.row(height.element(row, tap));
        pixels.diff = diff.row(row);
        pixels.row_taps = tap_end - tap;
        pixels.sums = sums + tap * width.kernel * shape_.kernels.lanes;
        shape_.roll_pixels(pixels);
    }
}

void PixelSums::add_gradient(const PlaneRows& diff, Range rows, Range columns, float* sum) const {
    for (std::int64_t row = rows.begin; row < rows.end; ++row) {
        shape_.kernels.add_vectors(diff.row(row) + columns.begin * diff.column_step,
                                   diff.column_step, columns.end - columns.begin, sum);
    }
}

}  // namespace

std::unique_ptr<const WeightsSums> make_pixel_sums(const WeightsShape& shape) {
    return std::make_unique<PixelSums>(shape);
}

}  // namespace dwconv::strategy
