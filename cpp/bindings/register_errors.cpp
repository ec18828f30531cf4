#include "dwconv/errors.hpp"

#include <string>
#include <string_view>

#include "fast_call.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace dwconv::bindings {

namespace {

/// The names that Python's users know the arrays by.
std::string python_name(const std::string& argument) {
    if (argument == "src") return "x";
    if (argument == "weights") return "w";
    if (argument == "dst" || argument == "diff_src" || argument == "diff_weights") return "out";
    if (argument == "diff_dst") return "dy";
    if (argument == "src_scale") return "x_scale";
    if (argument == "src_zero_point") return "x_zero_point";
    if (argument == "weights_scale") return "w_scale";
    if (argument == "weights_zero_point") return "w_zero_point";
    if (argument == "dst_scale") return "y_scale";
    if (argument == "dst_zero_point") return "y_zero_point";
    return argument;
}

std::string python_text(Complaint complaint) {
    complaint.argument = python_name(complaint.argument);
    constexpr std::string_view src = "`src`";
    if (const std::size_t at = complaint.expected.find(src); at != std::string::npos) {
        complaint.expected.replace(at, src.size(), "`x`");
    }
    return complaint.text();
}

/// The classes live as long as the process: exceptions may be raised until its very end.
struct Classes {
    PyObject* invalid_argument;
    PyObject* invalid_type;
    PyObject* unsupported;
    PyObject* backend_error;
};
Classes classes;

PyObject* make_class(py::module_& m, const char* name, PyObject* base, const char* doc) {
    PyObject* const made =
        PyErr_NewExceptionWithDoc((std::string("dwconv.") + name).c_str(), doc, base, nullptr);
    if (made == nullptr) throw py::error_already_set();
    m.attr(name) = py::reinterpret_borrow<py::object>(made);
    return made;
}

void raise(PyObject* type, const Complaint& complaint) {
    PyErr_SetString(type, python_text(complaint).c_str());
}

void raise(const BackendError& error) {
    const py::object instance =
        py::reinterpret_borrow<py::object>(classes.backend_error)(error.what());
    instance.attr("status") = error.status();
    PyErr_SetObject(classes.backend_error, instance.ptr());
}

/// Rethrows what is not one of the library's own exceptions.
void raise_own(const std::exception_ptr& pointer) {
    try {
        if (pointer) std::rethrow_exception(pointer);
    } catch (const InvalidArgument& error) {
        raise(classes.invalid_argument, error.complaint());
    } catch (const InvalidType& error) {
        raise(classes.invalid_type, error.complaint());
    } catch (const Unsupported& error) {
        raise(classes.unsupported, error.complaint());
    } catch (const BackendError& error) {
        raise(error);
    }
}

}  // namespace

void raise_current_exception() noexcept {
    constexpr const char* wrong_type = "an argument is of another type than expected";
    try {
        raise_own(std::current_exception());
    } catch (py::error_already_set& error) {
        error.restore();
    } catch (const py::cast_error&) {
        PyErr_SetString(PyExc_TypeError, wrong_type);
    } catch (const py::reference_cast_error&) {
        PyErr_SetString(PyExc_TypeError, wrong_type);
    } catch (const py::builtin_exception& error) {
        error.set_error();
    } catch (const std::bad_alloc&) {
        PyErr_NoMemory();
    } catch (const std::exception& error) {
        PyErr_SetString(PyExc_RuntimeError, error.what());
    }
}

void register_errors(py::module_& m) {
    classes.invalid_argument =
        make_class(m, "InvalidArgument", PyExc_ValueError,
                   "An argument of the right type has a value that cannot be used.");
    classes.invalid_type = make_class(m, "InvalidType", PyExc_TypeError,
                                      "An argument has a type, or a dtype, that cannot be used.");
    classes.unsupported =
        make_class(m, "Unsupported", PyExc_NotImplementedError,
                   "The request makes sense, but this library or processor cannot serve it.");
    classes.backend_error = make_class(
        m, "BackendError", PyExc_RuntimeError,
        "oneDNN failed where valid arguments should have let it succeed; `status` is its code.");
    m.def(
        "complaint",
        [](const std::string& argument, const std::string& expected, const std::string& given) {
            return python_text({argument, expected, given});
        },
        py::arg("argument"), py::arg("expected"), py::arg("given"),
        "The text of an error about an argument.");
    py::register_exception_translator([](std::exception_ptr pointer) { raise_own(pointer); });
}

}  // namespace dwconv::bindings
