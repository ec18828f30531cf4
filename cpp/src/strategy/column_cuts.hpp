#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "strategy/weights_axes.hpp"

namespace dwconv::strategy {

/// Cuts rows of outputs into pieces that the cache can hold, each an axis of its own with the
/// elements that it meets.
class ColumnCuts {
public:
    /// `most`: outputs of a piece; all pieces but the last are multiples of 16.
    ColumnCuts(const WeightsAxis& columns, std::int64_t most);

    struct Cut {
        std::int64_t output;   ///< where the piece begins
        std::int64_t element;  ///< the first that counts, element 0 of the piece's axis
        std::size_t axis;      ///< in axes()
    };
    const std::vector<Cut>& cuts() const noexcept { return cuts_; }
    /// Those of all pieces, neighbours that are the same once.
    const std::vector<WeightsAxis>& axes() const noexcept { return axes_; }

private:
    std::vector<Cut> cuts_;
    std::vector<WeightsAxis> axes_;
};

}  // namespace dwconv::strategy
