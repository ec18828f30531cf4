#pragma once

#include <cstdint>
#include <vector>

#include "onednn/scratch.hpp"
#include "strategy/phases.hpp"
#include "strategy/plane_tiles.hpp"
#include "strategy/transposed.hpp"

namespace dwconv::strategy {

/// A plane of channels-last memory that meets one of the result: its rows from one on, each channel
/// as often as it is needed, and the plane of the kernel that they are multiplied by.
struct PixelPlane {
    const float* rows;
    std::int64_t first_row;
    std::int64_t tap;
};

/// Finds those of the source of a transposed convolution.
class PixelPlanes {
public:
    /// `request` has three dimensions; what is passed lives as long as this.
    PixelPlanes(const TransposedRequest& request, const AxisPhases& depths, const AxisPhases& rows);

    /// The planes of the volume `src` that meet depth `depth`; `part` has the rows of the result.
    /// `memory` is for copies.
    void find(const float* src, std::int64_t depth, const PlanePart& part,
              onednn::ScratchBuffer& memory, std::vector<PixelPlane>& found) const;

private:
    void repeat_channels(const PlanePart& part, onednn::ScratchBuffer& memory,
                         std::vector<PixelPlane>& found) const;

    const AxisPhases& depths_;
    const AxisPhases& rows_;
    std::int64_t repeats_;  ///< of each channel
    std::int64_t row_;      ///< floats of a row of the source
    std::int64_t src_height_;
};

}  // namespace dwconv::strategy
