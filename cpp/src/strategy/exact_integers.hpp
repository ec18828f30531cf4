#pragma once

#include <cstdint>
#include <vector>

#include "dwconv/activation.hpp"
#include "dwconv/problem.hpp"
#include "dwconv/tensor_view.hpp"
#include "range.hpp"

namespace dwconv::strategy {

/// The largest magnitude up to which float32 holds every integer: sums whose terms have no larger
/// total magnitude are exact, in any order.
inline constexpr std::int64_t largest_exact = std::int64_t{1} << 24;

/// The largest magnitude of an element of int8 or uint8.
constexpr std::int64_t largest_of(DataType dtype) { return dtype == DataType::int8 ? 128 : 255; }

/// In how many parts a kernel must be cut at most for exact_parts().
std::int64_t most_exact_parts(const Problem& problem);

/// Cuts the taps of a kernel of integers into runs whose sums are exact in float32 for each channel
/// of the destination. `weights` is {channels · multiplier, taps} in C order.
std::vector<Range> exact_parts(const Problem& problem, const float* weights);

/// Whether bias and sums together are exact in float32. `bias` may be null.
bool is_exact_with_bias(const Problem& problem, const float* weights, const std::int32_t* bias);

/// Whether the problem adds numbers that float32 may not hold.
bool adds_beyond_float32(const Problem& problem);

/// Adds an array to as many exact sums, which lie in the order of its dimensions.
void add_to_sums(const TensorView& add, double* sums);

/// What becomes of exact sums, a tile of them {n, c, spatial…} or, `channels_last`, {n, spatial…,
/// c}: the bias is added, if there is one, the activation applied, and the result rounded to the
/// type of `dst`, whose dimensions are in the same order.
void finish_sums(const double* sums, const std::int32_t* bias, const Activation& activation,
                 bool channels_last, const MutableTensorView& dst);

}  // namespace dwconv::strategy
