#include <algorithm>
#include <cstddef>
#include <optional>

#include "strategy/column_cuts.hpp"
#include "strategy/weights_sums.hpp"

namespace dwconv::strategy {

namespace {

/// Floats of a row of the gradient, at most.
constexpr std::int64_t longest_row = 4096;

/// What vectors of neighbouring channels read in turn, and channels that it is shared between.
constexpr std::int64_t floats_in_cache = 128 * 1024;
constexpr std::int64_t channels_in_cache = 64;

class GatheredSums final : public WeightsSums {
public:
    explicit GatheredSums(const WeightsShape& shape)
        : shape_(shape), cuts_(shape.axes[2], longest_row / shape.width) {
        for (const WeightsAxis& columns : cuts_.axes()) {
            bands_.emplace_back(shape.axes[1], columns, shape.kernels, shape.vectors);
        }
    }

    /// Through all pieces of columns too.
    std::int64_t lines() const noexcept override {
        return static_cast<std::int64_t>(cuts_.cuts().size()) * shape_.problem.batch *
               shape_.axes[0].outputs * shape_.axes[1].outputs;
    }
    const std::vector<std::int64_t>& taps() const noexcept override {
        return bands_[0].blocks().taps();
    }

    void add(const WeightsSource& arrays, Range lines, Range units, double* sums,
             WeightsBuffers& buffers) const override;

private:
    class Task;

    std::int64_t lines_at_a_time() const noexcept;

    const WeightsShape& shape_;
    ColumnCuts cuts_;
    std::vector<WeightsBands> bands_;  ///< by the axes of the cuts
};

/// What one thread does in a row.
class GatheredSums::Task {
public:
    Task(const GatheredSums& all, const WeightsSource& arrays, WeightsBuffers& buffers)
        : all_(all),
          shape_(all.shape_),
          arrays_(arrays),
          buffers_(buffers),
          sums_(buffers.sums.reserve(
              static_cast<std::size_t>(shape_.vectors_of_unit() * shape_.kernels.lanes))) {
        std::fill_n(sums_, shape_.vectors_of_unit() * shape_.kernels.lanes, 0.0f);
    }

    void add_lines(Range lines, std::int64_t unit, double* to) {
        to_ = to;
        const std::int64_t height = shape_.axes[1].outputs;
        for (std::int64_t line = lines.begin; line < lines.end;) {
            const std::int64_t row = line % height;
            const Range rows = {row, std::min(height, row + lines.end - line)};
            for (std::int64_t member = 0; member < shape_.problem.multiplier; ++member) {
                add_slice(line / height, rows, unit, member);
            }
            line += rows.end - rows.begin;
        }
        settle();
    }

private:
    /// `slice` counts through all pieces of columns, images and their slices.
    void add_slice(std::int64_t slice, Range rows, std::int64_t unit, std::int64_t member) {
        const WeightsAxis& depth = shape_.axes[0];
        const std::int64_t z = slice % depth.outputs;
        const std::int64_t n = slice / depth.outputs % shape_.problem.batch;
        const ColumnCuts::Cut& cut =
            all_.cuts_
                .cuts()[static_cast<std::size_t>(slice / depth.outputs / shape_.problem.batch)];
        const std::int64_t members = shape_.problem.multiplier;
        const std::int64_t channel = shape_.channel(unit);
        prepare(cut.axis);
        WeightsPlanes planes = {
            {},
            plane_of(arrays_.diff_dst, n, channel * members + member, z, cut.output, members),
            rows.begin,
            rows.end};
        for (std::int64_t tap = 0; tap < depth.kernel; ++tap) {
            const std::int64_t at = depth.element(z, tap);
            if (!depth.has(at)) continue;
            planes.src = plane_of(arrays_.src, n, channel, at, cut.element, 1);
            float* const sums = vector(shape_.first_vector(member, tap));
            for_bands(rows.begin, bands().end(rows.end), [&](std::int64_t begin, std::int64_t end) {
                worker_->add_products(planes, begin, end, sums);
            });
        }
        if (!shape_.problem.bias) return;
        float* const sum = vector(shape_.bias_vector(member));
        for_bands(rows.begin, rows.end, [&](std::int64_t begin, std::int64_t end) {
            worker_->add_gradient(planes.diff_dst, begin, end, sum);
        });
    }

    template <class Band>
    void for_bands(std::int64_t begin, std::int64_t last, const Band& band) {
        for (; begin < last; begin += bands().band()) {
            const std::int64_t end = std::min(begin + bands().band(), last);
            band(begin, end);
            terms_ += (end - begin) * bands().terms();
            if (terms_ >= most_float_terms) settle();
        }
    }

    void prepare(std::size_t axis) {
        if (worker_ && axis == axis_) return;
        axis_ = axis;
        worker_.emplace(bands(), buffers_);
    }

    void settle() {
        strategy::settle(shape_, sums_, to_, shape_.vectors_of_unit());
        terms_ = 0;
    }

    const WeightsBands& bands() const noexcept { return all_.bands_[axis_]; }
    float* vector(std::int64_t index) const noexcept {
        return sums_ + index * shape_.kernels.lanes;
    }

    const GatheredSums& all_;
    const WeightsShape& shape_;
    const WeightsSource& arrays_;
    WeightsBuffers& buffers_;
    float* sums_;
    double* to_ = nullptr;
    std::int64_t terms_ = 0;
    std::size_t axis_ = 0;
    std::optional<WeightsBands::Worker> worker_;
};

/// Of all channels in turn. Vectors of neighbouring channels share cache lines: what one reads is
/// to be there still for the next. (Not by the channels of a tile, whose number depends on the
/// threads.)
std::int64_t GatheredSums::lines_at_a_time() const noexcept {
    if (!shape_.vectors) return lines();
    const WeightsAxis& columns = cuts_.axes()[0];
    const std::int64_t floats = std::min(shape_.problem.channels, channels_in_cache) *
                                columns.outputs * (1 + shape_.axes[1].stride * columns.stride);
    return std::max(floats_in_cache / floats, 4 * (bands_[0].end(0) + 1));
}

void GatheredSums::add(const WeightsSource& arrays, Range lines, Range units, double* sums,
                       WeightsBuffers& buffers) const {
    Task task(*this, arrays, buffers);
    const std::int64_t most = lines_at_a_time();
    for (std::int64_t begin = lines.begin; begin < lines.end; begin += most) {
        const Range some = {begin, std::min(begin + most, lines.end)};
        for (std::int64_t unit = units.begin; unit < units.end; ++unit) {
            task.add_lines(some, unit, sums + (unit - units.begin) * shape_.sums_of_unit());
        }
    }
}

}  // namespace

std::unique_ptr<const WeightsSums> make_gathered_sums(const WeightsShape& shape) {
    return std::make_unique<GatheredSums>(shape);
}

}  // namespace dwconv::strategy
