#pragma once

#include <algorithm>
#include <cstdint>

namespace dwconv::strategy {

/// Rows of one plane, or of one vector of channels, in a source or a gradient.
struct PlaneRows {
    const float* first;  ///< row 0, column 0, lane 0
    std::int64_t row_step;
    std::int64_t column_step;
    std::int64_t lane_step;

    const float* row(std::int64_t index) const noexcept { return first + index * row_step; }
};

/// Some rows of a plane in memory that is used again and again: row i is in slot i % slots.
class RowRing {
public:
    RowRing() = default;
    RowRing(float* memory, std::int64_t pitch, std::int64_t slots)
        : memory_(memory), pitch_(pitch), slots_(slots) {}

    float* slot(std::int64_t row) const noexcept { return memory_ + row % slots_ * pitch_; }

    /// Holds rows `begin` to `end` of this plane from now on, as many as there are slots at most:
    /// calls `take(row, slot)` for those that it did not hold.
    template <class Take>
    void hold(const PlaneRows& plane, std::int64_t begin, std::int64_t end, Take&& take) {
        const bool follows = plane.first == plane_ && begin >= begin_ && begin <= end_;
        if (follows && end <= end_) return;
        for (std::int64_t row = follows ? end_ : begin; row < end; ++row) take(row, slot(row));
        plane_ = plane.first;
        begin_ = follows ? std::max(begin_, end - slots_) : begin;
        end_ = end;
    }

private:
    float* memory_ = nullptr;
    std::int64_t pitch_ = 0;
    std::int64_t slots_ = 1;
    const float* plane_ = nullptr;
    std::int64_t begin_ = 0;
    std::int64_t end_ = 0;
};

}  // namespace dwconv::strategy
