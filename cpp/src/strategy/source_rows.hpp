#pragma once

#include <cstdint>
#include <vector>

#include "strategy/weights_axes.hpp"

namespace dwconv::strategy {

/// How a row of the source is kept while its products are summed: between zeros, and the columns of
/// each phase of the stride together, so that a tap meets neighbours.
///
/// Counts elements: floats, or vectors.
class SourceRows {
public:
    /// `outputs` are read by each tap, no fewer than the axis has.
    SourceRows(const WeightsAxis& columns, std::int64_t outputs);

    /// Elements of a row.
    std::int64_t pitch() const noexcept { return pitch_; }
    /// Where the element of output 0 is in a row, of each tap.
    const std::vector<std::int64_t>& taps() const noexcept { return taps_; }

    /// What is to be copied into a row: columns column, column + stride, … of the source.
    struct Phase {
        std::int64_t to;
        std::int64_t column;
        std::int64_t count;
    };
    const std::vector<Phase>& phases() const noexcept { return phases_; }

    /// The same column by column: from this one on, the place of each in a row. Those that no tap
    /// meets go to the last element of the row, which is no other's.
    std::int64_t first_column() const noexcept { return first_column_; }
    const std::vector<std::int64_t>& places() const noexcept { return places_; }

private:
    void list_places(std::int64_t stride);

    std::int64_t pitch_ = 0;
    std::vector<std::int64_t> taps_;
    std::vector<Phase> phases_;
    std::int64_t first_column_ = 0;
    std::vector<std::int64_t> places_;
};

}  // namespace dwconv::strategy
