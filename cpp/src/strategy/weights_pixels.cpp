#include <algorithm>
#include <cstddef>
#include <numeric>

#include "ceil_div.hpp"
#include "strategy/weights_sums.hpp"

namespace dwconv::strategy {

namespace {

/// Terms of a lane that are summed in float, and in a register, at most.
constexpr std::int64_t most_terms = 2048;
constexpr std::int64_t register_terms = 128;
/// Columns of the source whose cache lines, of some rows, stay in a first-level cache for all
/// vectors that have a part of them.
constexpr std::int64_t columns_in_cache = 32;

class PixelSums final : public WeightsSums {
public:
    explicit PixelSums(const WeightsShape& shape)
        : shape_(shape), taps_(static_cast<std::size_t>(shape.taps)) {
        std::iota(taps_.begin(), taps_.end(), 0);
        const WeightsAxis& columns = shape.axes[2];
        const std::int64_t most = columns_in_cache / columns.stride;
        columns_ = ceil_div(columns.outputs, ceil_div(columns.outputs, most));
        band_ = std::max<std::int64_t>(register_terms / columns_, 1);
    }

    std::int64_t lines() const noexcept override {
        return shape_.problem.batch * shape_.axes[0].outputs * shape_.axes[1].outputs;
    }
    const std::vector<std::int64_t>& taps() const noexcept override { return taps_; }

    void add(const WeightsSource& arrays, WeightsRange lines, WeightsRange units, double* sums,
             WeightsBuffers& buffers) const override;

private:
    void add_rows(const WeightsSource& arrays, std::int64_t slice, WeightsRange rows,
                  WeightsRange units, float* sums) const;
    void add_taps(const PlaneRows& src, const PlaneRows& diff, WeightsRange rows,
                  WeightsRange columns, float* sums) const;
    void add_gradient(const PlaneRows& diff, WeightsRange rows, WeightsRange columns,
                      float* sum) const;

    const WeightsShape& shape_;
    std::vector<std::int64_t> taps_;
    std::int64_t columns_;  ///< of outputs, that are done together
    std::int64_t band_;     ///< rows of outputs
};

void PixelSums::add(const WeightsSource& arrays, WeightsRange lines, WeightsRange units,
                    double* sums, WeightsBuffers& buffers) const {
    const std::int64_t height = shape_.axes[1].outputs;
    const std::int64_t vectors = (units.end - units.begin) * shape_.vectors_of_unit();
    const std::int64_t floats = vectors * shape_.kernels.lanes;
    float* const partial = buffers.sums.reserve(static_cast<std::size_t>(floats));
    std::fill_n(partial, floats, 0.0f);
    std::int64_t terms = 0;
    for (std::int64_t line = lines.begin; line < lines.end;) {
        const std::int64_t row = line % height;
        const WeightsRange rows = {row, std::min({row + band_, height, row + lines.end - line})};
        add_rows(arrays, line / height, rows, units, partial);
        line += rows.end - rows.begin;
        terms += (rows.end - rows.begin) * shape_.axes[2].outputs;
        if (terms < most_terms && line < lines.end) continue;
        shape_.kernels.add_lanes(partial, sums, vectors);
        terms = 0;
    }
}

/// `slice` counts through all images and their slices.
void PixelSums::add_rows(const WeightsSource& arrays, std::int64_t slice, WeightsRange rows,
                         WeightsRange units, float* sums) const {
    const WeightsAxis &depth = shape_.axes[0], &width = shape_.axes[2];
    const std::int64_t z = slice % depth.outputs;
    const std::int64_t n = slice / depth.outputs;
    const std::int64_t lanes = shape_.kernels.lanes;
    for (std::int64_t begin = 0; begin < width.outputs; begin += columns_) {
        const WeightsRange columns = {begin, std::min(begin + columns_, width.outputs)};
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
void PixelSums::add_taps(const PlaneRows& src, const PlaneRows& diff, WeightsRange rows,
                         WeightsRange columns, float* sums) const {
    const WeightsAxis &height = shape_.axes[1], &width = shape_.axes[2];
    const auto first_tap = [&](std::int64_t row) {
        const std::int64_t before = height.low - row * height.stride;
        return before <= 0 ? 0 : std::min(ceil_div(before, height.dilation), height.kernel);
    };
    const auto end_tap = [&](std::int64_t row) {
        const std::int64_t room = height.elements + height.low - row * height.stride;
        return room <= 0 ? 0 : std::min(ceil_div(room, height.dilation), height.kernel);
    };
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
        const std::int64_t tap = first_tap(row), tap_end = end_tap(row);
        pixels.rows = 1;
        while (row + pixels.rows < rows.end && first_tap(row + pixels.rows) == tap &&
               end_tap(row + pixels.rows) == tap_end) {
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

void PixelSums::add_gradient(const PlaneRows& diff, WeightsRange rows, WeightsRange columns,
                             float* sum) const {
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
