#include "strategy/phases.hpp"

#include <algorithm>

namespace dwconv::strategy {

AxisPhases::AxisPhases(const Backward& axis) : stride(axis.stride), outputs(axis.outputs) {
    bool any = false;
    for (std::int64_t phase = 0; phase < std::min(axis.stride, axis.elements); ++phase) {
        auto& taps = phases.emplace_back();
        for (std::int64_t tap = 0; tap < axis.kernel; ++tap) {
            const std::int64_t distance = phase + axis.pad_low - tap * axis.dilation;
            // An exact division, of a distance that may be negative.
            if (distance % axis.stride != 0) continue;
            const std::int64_t offset = distance / axis.stride;
            taps.push_back({tap, offset});
            least_offset = any ? std::min(least_offset, offset) : offset;
            largest_offset = any ? std::max(largest_offset, offset) : offset;
            any = true;
        }
    }
}

}  // namespace dwconv::strategy
