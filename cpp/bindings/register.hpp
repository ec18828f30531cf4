#pragma once

#include <pybind11/pybind11.h>

namespace dwconv::bindings {

// One function a topic; module.cpp calls them in this order.

void register_errors(pybind11::module_& m);
void register_activation(pybind11::module_& m);
void register_options(pybind11::module_& m);
void register_conv(pybind11::module_& m);
void register_separable(pybind11::module_& m);
void register_inverted_residual(pybind11::module_& m);
void register_backward_data(pybind11::module_& m);
void register_backward_weights(pybind11::module_& m);
void register_transposed(pybind11::module_& m);
void register_quantized(pybind11::module_& m);
void register_plan(pybind11::module_& m);
void register_call(pybind11::module_& m);
void register_cache(pybind11::module_& m);
void register_memory(pybind11::module_& m);
void register_runtime(pybind11::module_& m);
void register_problem(pybind11::module_& m);
void register_remember(pybind11::module_& m);
void register_measure(pybind11::module_& m);

}  // namespace dwconv::bindings
