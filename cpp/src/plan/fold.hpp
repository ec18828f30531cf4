#pragma once

#include <cstddef>

#include "plan/operands.hpp"

namespace dwconv {

// Scale and shift are no work of a strategy: scale · (Σ src · w + b) + shift is a convolution with
// other weights, Σ src · (scale · w) + (scale · b + shift).

/// Whether there is a scale or a shift.
bool is_affine(const Operands& operands) noexcept;

/// Floats that folded() writes.
std::size_t folded_size(const Operands& operands) noexcept;

/// The same without scale and shift; the weights and the bias, now of float32, are in `memory`, each
/// number of them rounded once.
Operands folded(const Operands& operands, float* memory);

}  // namespace dwconv
