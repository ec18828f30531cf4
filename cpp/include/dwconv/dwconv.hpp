#pragma once

/// Depthwise convolution on CPUs, run by oneDNN: all of the public interface.

#include "dwconv/activation.hpp"
#include "dwconv/backward_data.hpp"
#include "dwconv/backward_weights.hpp"
#include "dwconv/cache.hpp"
#include "dwconv/conv.hpp"
#include "dwconv/errors.hpp"
#include "dwconv/inverted_residual.hpp"
#include "dwconv/inverted_residual_problem.hpp"
#include "dwconv/layout.hpp"
#include "dwconv/measure.hpp"
#include "dwconv/plan.hpp"
#include "dwconv/problem.hpp"
#include "dwconv/runtime.hpp"
#include "dwconv/separable.hpp"
#include "dwconv/separable_problem.hpp"
#include "dwconv/tensor_view.hpp"
#include "dwconv/transposed.hpp"
#include "dwconv/transposed_problem.hpp"
#include "dwconv/types.hpp"
#include "dwconv/version.hpp"
