#include "strategy/column_cuts.hpp"

#include <algorithm>

#include "ceil_div.hpp"

namespace dwconv::strategy {

namespace {

constexpr std::int64_t whole = 16;  // floats of the longest vector

}  // namespace

ColumnCuts::ColumnCuts(const WeightsAxis& columns, std::int64_t most) {
    const std::int64_t pieces = ceil_div(columns.outputs, most);
    const std::int64_t size = ceil_div(ceil_div(columns.outputs, pieces), whole) * whole;
    for (std::int64_t begin = 0; begin < columns.outputs; begin += size) {
        WeightsAxis axis = columns;
        axis.outputs = std::min(size, columns.outputs - begin);
        const std::int64_t first = columns.element(begin, 0);
        const std::int64_t shift = std::max<std::int64_t>(first, 0);
        axis.low = shift - first;
        const std::int64_t met = axis.element(axis.outputs - 1, axis.kernel - 1) + 1;
        // No piece without an element: what is met there counts for nothing, as it is padding.
        axis.elements =
            std::clamp<std::int64_t>(columns.elements - shift, 0, std::max<std::int64_t>(met, 0));
        if (axes_.empty() || axes_.back() != axis) axes_.push_back(axis);
        cuts_.push_back({begin, shift, axes_.size() - 1});
    }
}

}  // namespace dwconv::strategy
