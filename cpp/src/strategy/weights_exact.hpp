#pragma once

#include <cstdint>

#include "dwconv/tensor_view.hpp"
#include "strategy/weights_axes.hpp"

namespace dwconv::strategy {

/// The gradient by one weight by its definition, slowly: where a sum is not finite, as it may have
/// met zeros of the padding, or a part of it was too large for float.
///
/// @param diff_channel  channel · multiplier + member
/// @param tap           in depth, height and width
double exact_weight(const WeightsAxes& axes, const TensorView& src, std::int64_t channel,
                    const TensorView& diff_dst, std::int64_t diff_channel,
                    const std::array<std::int64_t, 3>& tap);

/// The same by one bias.
double exact_bias(const WeightsAxes& axes, const TensorView& diff_dst, std::int64_t diff_channel);

}  // namespace dwconv::strategy
