#include <pybind11/operators.h>
#include <pybind11/stl.h>

#include "activation_caster.hpp"
#include "dwconv/activation.hpp"
#include "dwconv/errors.hpp"
#include "register.hpp"
#include "text.hpp"

namespace py = pybind11;

namespace dwconv::bindings {

namespace {

std::optional<float> alpha_of(const Activation& activation) {
    return has_alpha(activation.kind) ? std::optional(activation.alpha) : std::nullopt;
}

std::optional<float> beta_of(const Activation& activation) {
    return has_beta(activation.kind) ? std::optional(activation.beta) : std::nullopt;
}

/// A parameter as a number; none for None.
std::optional<double> number_of(const py::object& value, const char* argument) {
    if (value.is_none()) return std::nullopt;
    const auto wrong = [&] { return InvalidType({argument, "None or a number", py::repr(value)}); };
    if (py::isinstance<py::bool_>(value) ||
        py::isinstance(value, py::module_::import("numpy").attr("bool_"))) {
        throw wrong();
    }
    const double number = PyFloat_AsDouble(value.ptr());
    if (PyErr_Occurred() == nullptr) return number;
    py::error_already_set error;
    if (error.matches(PyExc_TypeError)) throw wrong();
    if (error.matches(PyExc_OverflowError)) {
        throw InvalidArgument({argument, "a finite number", "an int too large for a float"});
    }
    throw error;
}

Activation make_activation(const py::object& kind, const py::object& alpha,
                           const py::object& beta) {
    if (PyUnicode_Check(kind.ptr()) == 0) throw InvalidType({"kind", "a str", py::repr(kind)});
    return Activation::make(text_of(kind), number_of(alpha, "alpha"), number_of(beta, "beta"));
}

std::string repr(const Activation& activation) {
    std::string text = "Activation('" + std::string(to_string(activation.kind)) + "'";
    const auto add = [&text](const char* name, const std::optional<float>& value) {
        if (value)
            text += std::string(", ") + name + "=" + std::string(py::repr(py::float_(*value)));
    };
    add("alpha", alpha_of(activation));
    add("beta", beta_of(activation));
    return text + ")";
}

}  // namespace

void register_activation(py::module_& m) {
    py::class_<Activation>(m, "Activation",
                           R"(A function applied to each element of a result. Immutable.

Parameters
----------
kind : str
    'relu', 'relu6', 'clip', 'leaky_relu', 'sigmoid', 'tanh', 'swish' or 'silu', 'hardswish',
    'gelu' or 'gelu_erf', 'gelu_tanh', 'elu'.
alpha, beta : float, optional
    clip: the lower and upper bound, both needed. leaky_relu: the slope below 0, alpha = 0.01.
    swish: x·sigmoid(alpha·x), alpha = 1. hardswish: x·clip(alpha·x + beta, 0, 1), 1/6 and 1/2.
    elu: alpha·(exp(x) - 1) below 0, alpha = 1. Kept in single precision.

Raises
------
InvalidArgument
    For an unknown kind, a parameter that the kind does not have or lacks, or one not finite.

Examples
--------
>>> import dwconv
>>> dwconv.Activation('clip', 0, 6) == dwconv.Activation('relu6')
True
)")
        .def(py::init(&make_activation), py::arg("kind"), py::arg("alpha") = py::none(),
             py::arg("beta") = py::none())
        .def_property_readonly(
            "kind", [](const Activation& a) { return std::string(to_string(a.kind)); },
            "The kind's own name: 'clip' for 'relu6', 'swish' for 'silu'.")
        .def_property_readonly("alpha", &alpha_of, "None where the kind has no such parameter.")
        .def_property_readonly("beta", &beta_of, "None where the kind has no such parameter.")
        .def(py::self == py::self)
        .def("__hash__", [](const Activation& a) { return std::hash<std::string>()(repr(a)); })
        .def("__repr__", &repr)
        .def("__reduce__", [](const py::object& self) {
            return py::make_tuple(
                py::type::of(self),
                py::make_tuple(self.attr("kind"), self.attr("alpha"), self.attr("beta")));
        });
}

}  // namespace dwconv::bindings
