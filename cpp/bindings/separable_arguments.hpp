#pragma once

#include <pybind11/pybind11.h>

#include <optional>
#include <string>

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
    const char* pointwise_name;  ///< what `pointwise` is called in errors

    SeparableFilters(py::handle w_depthwise, py::handle w_pointwise, py::handle b,
                     py::handle b_depthwise, const char* name = "w_pointwise")
        : depthwise(w_depthwise, "w_depthwise"),
          pointwise(w_pointwise, name),
          bias(InputArray::or_none(b, "bias")),
          depthwise_bias(InputArray::or_none(b_depthwise, "depthwise_bias")),
          pointwise_name(name) {}
};

/// Weights of a 1×1 convolution, (O, channels) or (O, channels, 1, 1), as the second of them.
/// `outputs`: what O is called in errors.
TensorView pointwise_view(const TensorView& given, std::int64_t channels, const char* argument,
                          const std::string& outputs);

/// @throws InvalidArgument where there is a bias, and it is of another shape than (channels,)
void require_bias(const TensorView& bias, const char* argument, std::int64_t channels);

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
