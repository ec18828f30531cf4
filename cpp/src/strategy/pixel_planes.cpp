#include "strategy/pixel_planes.hpp"

#include <algorithm>

namespace dwconv::strategy {

PixelPlanes::PixelPlanes(const TransposedRequest& request, const AxisPhases& depths,
                         const AxisPhases& rows)
    : depths_(depths),
      rows_(rows),
      repeats_(request.sums() ? 1 : request.request.problem.multiplier),
      row_(request.input[2] * request.src_channels()),
      src_height_(request.input[1]) {}

void PixelPlanes::find(const float* src, std::int64_t depth, const PlanePart& part,
                       onednn::ScratchBuffer& memory, std::vector<PixelPlane>& found) const {
    found.clear();
    for (const PhaseTap& tap : depths_.of(depth)) {
        const std::int64_t plane = depths_.output(depth, tap);
        if (plane >= 0) found.push_back({src + plane * src_height_ * row_, 0, tap.tap});
    }
    if (repeats_ > 1) repeat_channels(part, memory, found);
}

/// Copies the rows that meet those of `part`.
void PixelPlanes::repeat_channels(const PlanePart& part, onednn::ScratchBuffer& memory,
                                  std::vector<PixelPlane>& found) const {
    const std::int64_t first =
        std::max<std::int64_t>(part.row / rows_.stride + rows_.least_offset, 0);
    const std::int64_t end =
        std::min((part.row_end - 1) / rows_.stride + rows_.largest_offset + 1, src_height_);
    const std::int64_t count = std::max<std::int64_t>(end - first, 0) * row_;
    float* to = memory.reserve(found.size() * static_cast<std::size_t>(count * repeats_));
    for (PixelPlane& plane : found) {
        const float* const from = plane.rows + first * row_;
        plane.rows = to;
        plane.first_row = first;
        for (std::int64_t i = 0; i < count; ++i) {
            for (std::int64_t m = 0; m < repeats_; ++m) *to++ = from[i];
        }
    }
}

}  // namespace dwconv::strategy
