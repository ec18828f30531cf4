#include "strategy/source_rows.hpp"

#include <algorithm>
#include <cstddef>

#include "ceil_div.hpp"

namespace dwconv::strategy {

SourceRows::SourceRows(const WeightsAxis& columns, std::int64_t outputs)
    : taps_(static_cast<std::size_t>(columns.kernel)) {
    const std::int64_t stride = columns.stride;
    for (std::int64_t phase = 0; phase < stride; ++phase) {
        std::int64_t length = 0;
        for (std::int64_t tap = 0; tap < columns.kernel; ++tap) {
            const std::int64_t at = tap * columns.dilation;
            if (at % stride != phase) continue;
            taps_[static_cast<std::size_t>(tap)] = pitch_ + at / stride;
            length = outputs + at / stride;
        }
        // Element i of the phase is column i · stride + phase - low of the source.
        const std::int64_t before = columns.low - phase;
        const std::int64_t first = steps_to(before, stride);
        const std::int64_t end = std::min(steps_to(columns.elements + before, stride), length);
        if (first < end) {
            phases_.push_back({pitch_ + first, first * stride + phase - columns.low, end - first});
        }
        pitch_ += length;
    }
    ++pitch_;
    list_places(stride);
}

void SourceRows::list_places(std::int64_t stride) {
    if (phases_.empty()) return;
    first_column_ = phases_[0].column;
    std::int64_t end = 0;
    for (const Phase& phase : phases_) {
        first_column_ = std::min(first_column_, phase.column);
        end = std::max(end, phase.column + (phase.count - 1) * stride + 1);
    }
    places_.assign(static_cast<std::size_t>(end - first_column_), pitch_ - 1);
    for (const Phase& phase : phases_) {
        for (std::int64_t i = 0; i < phase.count; ++i) {
            places_[static_cast<std::size_t>(phase.column + i * stride - first_column_)] =
                phase.to + i;
        }
    }
}

}  // namespace dwconv::strategy
