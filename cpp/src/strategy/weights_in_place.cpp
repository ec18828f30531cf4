#include "strategy/weights_in_place.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace dwconv::strategy {

WeightsInPlace::WeightsInPlace(const WeightsShape& shape, std::int64_t band, std::int64_t terms)
    : shape_(shape), taps_(static_cast<std::size_t>(shape.taps)), band_(band), terms_(terms) {
    std::iota(taps_.begin(), taps_.end(), 0);
}

std::int64_t WeightsInPlace::lines() const noexcept {
    return shape_.problem.batch * shape_.axes[0].outputs * shape_.axes[1].outputs;
}

void WeightsInPlace::add(const WeightsSource& arrays, Range lines, Range units, double* sums,
                         WeightsBuffers& buffers) const {
    const std::int64_t depth = shape_.axes[0].outputs;
    const std::int64_t height = shape_.axes[1].outputs;
    const std::int64_t vectors = (units.end - units.begin) * shape_.vectors_of_unit();
    const std::int64_t floats = vectors * shape_.kernels.lanes;
    float* const partial = buffers.sums.reserve(static_cast<std::size_t>(floats));
    std::fill_n(partial, floats, 0.0f);
    std::int64_t terms = 0;
    for (std::int64_t line = lines.begin; line < lines.end;) {
        const std::int64_t row = line % height;
        const std::int64_t slice = line / height;
        const Range rows = {row, std::min({row + band_, height, row + lines.end - line})};
        add_rows(arrays, slice / depth, slice % depth, rows, units, partial);
        line += rows.end - rows.begin;
        terms += (rows.end - rows.begin) * terms_;
        if (terms < most_float_terms && line < lines.end) continue;
        settle(shape_, partial, sums, vectors);
        terms = 0;
    }
}

}  // namespace dwconv::strategy
