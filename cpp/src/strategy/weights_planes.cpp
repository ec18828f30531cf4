#include <algorithm>

#include "ceil_div.hpp"
#include "strategy/weights_in_place.hpp"

namespace dwconv::strategy {

namespace {

/// Rows that a sum in a register has, at most.
constexpr std::int64_t most_rows = 64;
/// A band begins with rows that the one before has loaded too.
constexpr std::int64_t least_rows = 8;

/// Source and gradient that stay in a first-level cache while strip after strip reads them.
constexpr std::int64_t floats_in_cache = 6 * 1024;
/// Planes whose strips are prepared at once.
constexpr std::int64_t most_planes = 16;

/// Floats of source and gradient for a row of outputs.
std::int64_t floats_of_row(const WeightsShape& shape) {
    return shape.axes[2].elements * shape.axes[1].stride + shape.axes[2].outputs;
}

std::int64_t band_of(const WeightsShape& shape) {
    return std::clamp(floats_in_cache / floats_of_row(shape), least_rows, most_rows);
}

class PlaneSums final : public WeightsInPlace {
public:
    explicit PlaneSums(const WeightsShape& shape)
        : WeightsInPlace(shape, band_of(shape),
                         ceil_div(shape.axes[2].outputs, shape.kernels.lanes)) {
        const std::int64_t rows = std::min(band_of(shape), shape.axes[1].outputs);
        group_ = std::clamp<std::int64_t>(floats_in_cache / (rows * floats_of_row(shape)), 1,
                                          most_planes);
    }

    void add(const WeightsSource& arrays, Range lines, Range units, double* sums,
             WeightsBuffers& buffers) const override {
        for (std::int64_t unit = units.begin; unit < units.end; unit += group_) {
            const Range some = {unit, std::min(unit + group_, units.end)};
            WeightsInPlace::add(arrays, lines, some,
                                sums + (unit - units.begin) * shape_.sums_of_unit(), buffers);
        }
    }

private:
    void add_rows(const WeightsSource& arrays, std::int64_t n, std::int64_t z, Range rows,
                  Range units, float* sums) const override;
    void add_member(const WeightsSource& arrays, std::int64_t n, std::int64_t z, Range rows,
                    Range units, std::int64_t member, float* sums) const;
    void add_gradient(const simd::RolledPlanes& planes, float* sums) const;

    std::int64_t group_;  ///< planes that are done together
};

void PlaneSums::add_rows(const WeightsSource& arrays, std::int64_t n, std::int64_t z, Range rows,
                         Range units, float* sums) const {
    for (std::int64_t member = 0; member < shape_.problem.multiplier; ++member) {
        add_member(arrays, n, z, rows, units, member, sums);
    }
}

void PlaneSums::add_member(const WeightsSource& arrays, std::int64_t n, std::int64_t z, Range rows,
                           Range units, std::int64_t member, float* sums) const {
    const auto& [depth, height, width] = shape_.axes;
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
        shape_.roll_planes(planes);
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
