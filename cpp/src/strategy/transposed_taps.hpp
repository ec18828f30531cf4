#pragma once

#include <cstdint>
#include <vector>

#include "dwconv/tensor_view.hpp"
#include "strategy/phases.hpp"
#include "strategy/transposed.hpp"

namespace dwconv::strategy {

/// A weight, and what it is multiplied by.
struct TransposedTap {
    std::int64_t member;  ///< channel of the multiplier, where they are summed
    PhaseTap depth;
    PhaseTap row;
    PhaseTap column;
};

/// The taps of the phases that depths, rows and columns make together.
struct TransposedTaps {
    std::int64_t members;  ///< channels of the source that are summed to one
    AxisPhases depths;
    AxisPhases rows;
    AxisPhases columns;
    std::vector<TransposedTap> taps;  ///< phase after phase
    std::vector<std::int64_t> first;  ///< where those of each phase begin, and the end

    /// `request` has three dimensions.
    explicit TransposedTaps(const TransposedRequest& request);

    std::int64_t count() const noexcept { return static_cast<std::int64_t>(taps.size()); }
    /// The phase of row 0 and column 0 at this depth, which those of its plane follow.
    std::int64_t plane_phase(std::int64_t depth) const noexcept {
        return depth % depths.stride * rows.count() * columns.count();
    }

    /// The weights of a channel of the result, in the order of `taps`. `weights` has three
    /// dimensions, `kernel` is that of the channel's first member.
    void pack(const TensorView& weights, const float* kernel, float* packed) const;

    /// The sum for an element by its definition, with weights that need not be finite. `src` has
    /// three dimensions, `from` is element 0 of its first member.
    float exact_sum(const TensorView& src, const float* from, const float* packed,
                    const Dims& element) const;
};

}  // namespace dwconv::strategy
