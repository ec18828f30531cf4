#pragma once

#include <cstdint>
#include <vector>

#include "dwconv/tensor_view.hpp"
#include "strategy/weights_shape.hpp"
#include "strategy/weights_sums.hpp"

namespace dwconv::strategy {

/// Where the gradients go.
struct WeightsResults {
    const MutableTensorView& weights;
    const MutableTensorView& bias;
};

/// Writes the gradients of some units from their sums; those that are not finite are made anew.
/// @param taps  the tap of each sum, see WeightsSums
void write_weights(const WeightsShape& shape, const std::vector<std::int64_t>& taps,
                   const WeightsSource& arrays, Range units, const double* sums,
                   const WeightsResults& results);

}  // namespace dwconv::strategy
