#include "strategy/transposed_bands.hpp"

#include <algorithm>
#include <set>

#include "ceil_div.hpp"

namespace dwconv::strategy {

namespace {

/// Floats of a band of sources, which is read once for each tap, as they fit into a second-level
/// cache beside what is made of them.
constexpr std::int64_t most_floats = 32 * 1024;

std::vector<std::int64_t> offsets_of(const AxisPhases& axis) {
    std::set<std::int64_t> offsets;
    for (const auto& phase : axis.phases) {
        for (const PhaseTap& tap : phase) offsets.insert(tap.offset);
    }
    return {offsets.begin(), offsets.end()};
}

}  // namespace

TransposedBands::TransposedBands(const TransposedRequest& request, const TransposedTaps& taps,
                                 std::int64_t lanes)
    : taps_(taps),
      src_height_(request.input[1]),
      src_width_(request.input[2]),
      depths_(offsets_of(taps.depths)),
      images_(static_cast<std::int64_t>(depths_.size()) * taps.members) {
    const AxisPhases& columns = taps.columns;
    const std::int64_t outputs = ceil_div(request.request.problem.spatial[2], columns.stride);
    pitch_ = columns.largest_offset - columns.least_offset + ceil_div(outputs, lanes) * lanes;
}

std::int64_t TransposedBands::most_rows() const noexcept {
    const std::int64_t halo = taps_.rows.largest_offset - taps_.rows.least_offset;
    const std::int64_t row = pitch_ * std::max(images_, std::int64_t{1});
    // Not much less than the rows that it shares with its neighbours.
    return std::max({most_floats / row - halo, 2 * halo, std::int64_t{4}}) * taps_.rows.stride;
}

std::int64_t TransposedBands::src_rows(std::int64_t rows) const noexcept {
    return ceil_div(rows, taps_.rows.stride) + taps_.rows.largest_offset - taps_.rows.least_offset;
}

void TransposedBands::set_rows(std::int64_t rows) {
    image_size_ = src_rows(rows) * pitch_;
    offsets_.clear();
    for (const TransposedTap& tap : taps_.taps) {
        const auto depth = std::lower_bound(depths_.begin(), depths_.end(), tap.depth.offset);
        const std::int64_t image = (depth - depths_.begin()) * taps_.members + tap.member;
        offsets_.push_back(image * image_size_ +
                           (tap.row.offset - taps_.rows.least_offset) * pitch_ + tap.column.offset -
                           taps_.columns.least_offset);
    }
}

void TransposedBands::fill(const TensorView& src, const float* from, std::int64_t step,
                           const PlanePart& part, float* bands) const {
    for (const std::int64_t offset : depths_) {
        const std::int64_t depth = step + offset;
        if (depth < 0 || depth >= taps_.depths.outputs) {
            bands = std::fill_n(bands, taps_.members * image_size_, 0.0f);
            continue;
        }
        for (std::int64_t member = 0; member < taps_.members; ++member, bands += image_size_) {
            copy_rows(src, from + member * src.strides[1] + depth * src.strides[2], part, bands);
        }
    }
}

/// To their places between the zeros.
void TransposedBands::copy_rows(const TensorView& src, const float* from, const PlanePart& part,
                                float* image) const {
    const std::int64_t least = taps_.columns.least_offset;
    const std::int64_t first = part.row / taps_.rows.stride + taps_.rows.least_offset;
    const std::int64_t begin = std::max<std::int64_t>(first, 0);
    const std::int64_t end = std::min(first + src_rows(part.row_end - part.row), src_height_);
    const std::int64_t column = std::max<std::int64_t>(least, 0);
    const std::int64_t count = std::min(least + pitch_, src_width_) - column;
    const std::int64_t step = src.strides[4];
    for (std::int64_t row = begin; row < end; ++row) {
        const float* const line = from + row * src.strides[3] + column * step;
        float* const to = image + (row - first) * pitch_ + column - least;
        if (step == 1) {
            for (std::int64_t i = 0; i < count; ++i) to[i] = line[i];
        } else {
            for (std::int64_t i = 0; i < count; ++i) to[i] = line[i * step];
        }
    }
}

}  // namespace dwconv::strategy
