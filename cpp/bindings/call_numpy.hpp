#pragma once

#include <pybind11/pybind11.h>

#include "fast_call.hpp"
#include "gil.hpp"

namespace dwconv::bindings {

/// Calls a function of NumPy's, which may give up the interpreter's lock.
template <class... Objects>
pybind11::object call_numpy(const char* name, const Objects&... arguments) {
    const pybind11::object function = pybind11::module_::import("numpy").attr(name);
    PyObject* const all[] = {arguments.ptr()...};
    return detail::checked(parked_at_end(
        [&] { return PyObject_Vectorcall(function.ptr(), all, sizeof...(arguments), nullptr); }));
}

}  // namespace dwconv::bindings
