#include <algorithm>
#include <cstddef>
#include <numeric>

#include "ceil_div.hpp"
#include "strategy/weights_sums.hpp"

namespace dwconv::strategy {

namespace {

/// Terms of a lane that are summed in float, and rows that a sum in a register has, at most.
constexpr std::int64_t most_terms = 2048;
constexpr std::int64_t most_rows = 64;
/// A band begins with rows that the one before has loaded too.
constexpr std::int64_t least_rows = 8;

/// Source and gradient that stay in a first-level cache while strip after strip reads them.
constexpr std::int64_t floats_in_cache = 6 * 1024;
/// Planes whose strips are prepared at once.
constexpr std::int64_t most_planes = 16;

class PlaneSums final : public WeightsSums {
public:
    explicit PlaneSums(const WeightsShape& shape)
        : shape_(shape), roll_(shape.roll_planes), taps_(static_cast<std::size_t>(shape.taps)) {
        std::iota(taps_.begin(), taps_.end(), 0);
        const WeightsAxis &rows = shape.axes[1], &columns = shape.axes[2];
        const std::int64_t row = columns.elements * rows.stride + columns.outputs;
        band_ = std::clamp(floats_in_cache / row, least_rows, most_rows);
        const std::int64_t plane = std::min(band_, rows.outputs) * row;
        group_ = std::clamp<std::int64_t>(floats_in_cache / plane, 1, most_planes);
        terms_of_row_ = ceil_div(columns.outputs, shape.kernels.lanes);
    }

    std::int64_t lines() const noexcept override {
        return shape_.problem.batch * shape_.axes[0].outputs * shape_.axes[1].outputs;
    }
    const std::vector<std::int64_t>& taps() const noexcept override { return taps_; }

    void add(const WeightsSource& arrays, WeightsRange lines, WeightsRange units, double* sums,
             WeightsBuffers& buffers) const override {
        const std::int64_t of_unit = shape_.vectors_of_unit();
        for (std::int64_t unit = units.begin; unit < units.end; unit += group_) {
            const WeightsRange some = {unit, std::min(unit + group_, units.end)};
            add_group(arrays, lines, some, sums + (unit - units.begin) * of_unit, buffers);
        }
    }

private:
    void add_group(const WeightsSource& arrays, WeightsRange lines, WeightsRange units,
                   double* sums, WeightsBuffers& buffers) const;
    void add_rows(const WeightsSource& arrays, std::int64_t slice, WeightsRange rows,
                  WeightsRange units, std::int64_t member, float* sums) const;
    void add_gradient(const simd::RolledPlanes& planes, float* sums) const;

    const WeightsShape& shape_;
    simd::RollPlanes roll_;
    std::vector<std::int64_t> taps_;
    std::int64_t band_;   ///< rows of outputs
    std::int64_t group_;  ///< planes that are done together
    std::int64_t terms_of_row_;
};

void PlaneSums::add_group(const WeightsSource& arrays, WeightsRange lines, WeightsRange units,
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
        for (std::int64_t member = 0; member < shape_.problem.multiplier; ++member) {
            add_rows(arrays, line / height, rows, units, member, partial);
        }
        line += rows.end - rows.begin;
        terms += (rows.end - rows.begin) * terms_of_row_;
        if (terms < most_terms && line < lines.end) continue;
        shape_.kernels.add_all_lanes(partial, sums, vectors);
        terms = 0;
    }
}

/// `slice` counts through all images and their slices.
void PlaneSums::add_rows(const WeightsSource& arrays, std::int64_t slice, WeightsRange rows,
                         WeightsRange units, std::int64_t member, float* sums) const {
    const auto& [depth, height, width] = shape_.axes;
    const std::int64_t z = slice % depth.outputs;
    const std::int64_t n = slice / depth.outputs;
    const std::int64_t members = shape_.problem.multiplier;
    const std::int64_t lanes = shape_.kernels.lanes;
    const PlaneRows diff = plane_of(arrays.diff_dst, n, units.begin * members + member, z, 0, 1);
    simd::RolledPlanes planes = {};
    planes.src_rows = height.elements;
    planes.src_columns = width.elements;
    planes.diff = diff.first;
    planes.diff_pitch = diff.row_step;
    planes.diff_step = members * diff.lane_step;
    planes.begin = rows.begin;
    planes.end = rows.end;
    planes.columns = width.outputs;
    planes.row_padding = height.low;
    planes.column_padding = width.low;
    planes.kernel_rows = height.kernel;
    planes.kernel_columns = width.kernel;
    planes.planes = units.end - units.begin;
    planes.sums_step = shape_.vectors_of_unit() * lanes;
    for (std::int64_t tap = 0; tap < depth.kernel; ++tap) {
        const std::int64_t at = depth.element(z, tap);
        if (!depth.has(at)) continue;
        const PlaneRows src = plane_of(arrays.src, n, units.begin, at, 0, 1);
        planes.src = src.first;
        planes.src_pitch = src.row_step;
        planes.src_step = src.lane_step;
        planes.sums = sums + shape_.first_vector(member, tap) * lanes;
        roll_(planes);
    }
    if (shape_.problem.bias) add_gradient(planes, sums + shape_.bias_vector(member) * lanes);
}

void PlaneSums::add_gradient(const simd::RolledPlanes& planes, float* sums) const {
    const float* rows = planes.diff + planes.begin * planes.diff_pitch;
    for (std::int64_t plane = 0; plane < planes.planes; ++plane) {
        shape_.kernels.add_floats(rows, (planes.end - planes.begin) * planes.columns, sums);
        rows += planes.diff_step;
        sums += planes.sums_step;
    }
}

}  // namespace

std::unique_ptr<const WeightsSums> make_plane_sums(const WeightsShape& shape) {
    return std::make_unique<PlaneSums>(shape);
}

}  // namespace dwconv::strategy
