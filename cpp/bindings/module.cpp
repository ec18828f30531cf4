#include "register.hpp"

PYBIND11_MODULE(_core, m) {
    m.doc() = "The compiled part of dwconv.";
    dwconv::bindings::register_errors(m);
    dwconv::bindings::register_activation(m);
    dwconv::bindings::register_options(m);
    dwconv::bindings::register_remember(m);
    dwconv::bindings::register_conv(m);
    dwconv::bindings::register_separable(m);
    dwconv::bindings::register_inverted_residual(m);
    dwconv::bindings::register_backward_data(m);
    dwconv::bindings::register_backward_weights(m);
    dwconv::bindings::register_transposed(m);
    dwconv::bindings::register_quantized(m);
    dwconv::bindings::register_plan(m);
    dwconv::bindings::register_call(m);
    dwconv::bindings::register_cache(m);
    dwconv::bindings::register_memory(m);
    dwconv::bindings::register_runtime(m);
    dwconv::bindings::register_problem(m);
    dwconv::bindings::register_measure(m);
}
