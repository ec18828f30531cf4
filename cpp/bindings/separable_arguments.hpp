#pragma once

#include <pybind11/pybind11.h>

#include <optional>

#include "array_view.hpp"
#include "dwconv/separable.hpp"
#include "options.hpp"

namespace dwconv::bindings {

/// The arrays of weights, as they are given.
struct SeparableFilters {
    InputArray depthwise;
    InputArray pointwise;
    InputArray bias;
    InputArray depthwise_bias;

    SeparableFilters(py::handle w_depthwise, py::handle w_pointwise, py::handle b,
                     py::handle b_depthwise)
        : depthwise(w_depthwise, "w_depthwise"),
          pointwise(w_pointwise, "w_pointwise"),
          bias(InputArray::or_none(b, "bias")),
          depthwise_bias(InputArray::or_none(b_depthwise, "depthwise_bias")) {}
};

/// The problem that a source of this shape and these arrays make, with views of them.
struct AskedSeparable {
    SeparableProblem problem;
    SeparableWeights weights;

    /// @param src_name  what the source is called in errors
    AskedSeparable(const Dims& src, const SeparableFilters& filters,
                   const std::optional<Activation>& depthwise_activation, const Options& options,
                   const char* src_name);

    Dims dst_shape() const { return problem.pointwise().dst_shape(); }
};

}  // namespace dwconv::bindings
