#include <pybind11/pybind11.h>
#include <structmember.h>  // PyMember_GetOne

#include <iterator>

#include "fast_call.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace dwconv::bindings {

namespace {

/// The class dwconv.Plan's own `__call__`, and what that uses; for as long as the process.
struct Names {
    PyObject* ordinary = nullptr;
    PyMemberDef* plan = nullptr;  ///< the slot `_plan`
    PyObject* out = PyUnicode_InternFromString("out");
    PyObject* execute = PyUnicode_InternFromString("execute");
};

Names& names() {
    static Names names;
    return names;
}

/// What a caller gives for `out`: none where the arguments are not (x), (x, out) or (x, out=…).
PyObject* out_of(PyObject* arguments, PyObject* keywords) {
    const Py_ssize_t given = PyTuple_GET_SIZE(arguments);
    const Py_ssize_t named = keywords == nullptr ? 0 : PyDict_GET_SIZE(keywords);
    if (named == 0 && given == 1) return Py_None;
    if (named == 0 && given == 2) return PyTuple_GET_ITEM(arguments, 1);
    return named == 1 && given == 1 ? PyDict_GetItemWithError(keywords, names().out) : nullptr;
}

py::object call(py::handle self, PyObject* arguments, PyObject* keywords) {
    PyObject* const out = out_of(arguments, keywords);
    if (out == nullptr) {
        if (PyErr_Occurred() != nullptr) throw py::error_already_set();
        const py::object bound = detail::checked(PyMethod_New(names().ordinary, self.ptr()));
        return detail::checked(
            parked_at_end([&] { return PyObject_Call(bound.ptr(), arguments, keywords); }));
    }
    const py::object plan =
        detail::checked(PyMember_GetOne(reinterpret_cast<const char*>(self.ptr()), names().plan));
    PyObject* const all[] = {plan.ptr(), PyTuple_GET_ITEM(arguments, 0), out};
    return detail::checked(parked_at_end(
        [&] { return PyObject_VectorcallMethod(names().execute, all, std::size(all), nullptr); }));
}

PyObject* call_entry(PyObject* self, PyObject* arguments, PyObject* keywords) noexcept {
    return new_reference([&] { return call(self, arguments, keywords); });
}

/// For a class's own `__call__` in Python, the interpreter takes the keywords apart and puts them
/// together again, and makes a frame: 0.25 µs, where all of a small convolution takes 1. The
/// function stays, to be read, for unusual arguments and for classes that inherit it; to set
/// another one in its place undoes this, as it must.
void call_directly(py::handle type) {
    names().ordinary = py::object(type.attr("__call__")).release().ptr();
    const py::object slot = type.attr("_plan");
    if (Py_TYPE(slot.ptr()) != &PyMemberDescr_Type) throw py::type_error("expected a slot `_plan`");
    names().plan = reinterpret_cast<PyMemberDescrObject*>(slot.ptr())->d_member;
    reinterpret_cast<PyTypeObject*>(type.ptr())->tp_call = &call_entry;
}

}  // namespace

void register_call(py::module_& m) {
    m.def("call_directly", &call_directly, py::arg("type"),
          "Has instances of dwconv.Plan called without a way through Python.");
}

}  // namespace dwconv::bindings
