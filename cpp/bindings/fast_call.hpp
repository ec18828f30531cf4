#pragma once

#include <pybind11/pybind11.h>

#include <cstddef>
#include <string>
#include <utility>

#include "gil.hpp"

namespace dwconv::bindings {

/// Sets Python's error from the C++ exception that is being handled.
void raise_current_exception() noexcept;

/// What a function that the interpreter calls itself returns to it: the new reference that `call`
/// makes, or, with Python's error set, nothing.
template <class Call>
PyObject* new_reference(const Call& call) noexcept {
    try {
        return call().release().ptr();
    } catch (const abi::__forced_unwind&) {
        park_thread();
    } catch (...) {
        raise_current_exception();
        return nullptr;
    }
}

namespace detail {

/// The C++ object in an instance of a class of pybind11's, whose type has been checked: a cast
/// would look it up, which takes 50 ns.
template <class Self>
const Self& instance(PyObject* object) {
    auto* const held = reinterpret_cast<pybind11::detail::instance*>(object);
    const auto* const self = static_cast<Self*>(held->get_value_and_holder().value_ptr());
    if (self == nullptr) throw pybind11::type_error("__init__() of this object was not called");
    return *self;
}

/// What the interpreter takes for a function of positional arguments (METH_FASTCALL).
template <class... Handles>
struct FastCall {
    static constexpr std::size_t count = sizeof...(Handles);

    template <class Call, std::size_t... I>
    static PyObject* run(const Call& call, PyObject* const* arguments, Py_ssize_t given,
                         std::index_sequence<I...>) noexcept {
        return new_reference([&] {
            if (static_cast<std::size_t>(given) != count) {
                throw pybind11::type_error("expected " + std::to_string(count) +
                                           " positional arguments");
            }
            return call(pybind11::handle(arguments[I])...);
        });
    }

    template <pybind11::object (*function)(Handles...)>
    static PyObject* function_entry(PyObject*, PyObject* const* arguments,
                                    Py_ssize_t given) noexcept {
        return run(function, arguments, given, std::make_index_sequence<count>());
    }

    template <class Self, pybind11::object (Self::*method)(Handles...) const>
    static PyObject* method_entry(PyObject* self, PyObject* const* arguments,
                                  Py_ssize_t given) noexcept {
        const auto call = [self](Handles... handles) {
            return (instance<Self>(self).*method)(handles...);
        };
        return run(call, arguments, given, std::make_index_sequence<count>());
    }
};

template <auto function>
struct FastFunction;

template <class... Handles, pybind11::object (*function)(Handles...)>
struct FastFunction<function> {
    static constexpr auto entry = &FastCall<Handles...>::template function_entry<function>;
};

template <class Self, class... Handles, pybind11::object (Self::*method)(Handles...) const>
struct FastFunction<method> {
    static constexpr auto entry = &FastCall<Handles...>::template method_entry<Self, method>;
};

/// The definition must live as long as the function.
template <auto function>
PyMethodDef* fast_definition(const char* name) {
    static PyMethodDef definition = {};
    auto* const entry = reinterpret_cast<void (*)()>(FastFunction<function>::entry);
    definition = {name, reinterpret_cast<PyCFunction>(entry), METH_FASTCALL, nullptr};
    return &definition;
}

inline pybind11::object checked(PyObject* made) {
    if (made == nullptr) throw pybind11::error_already_set();
    return pybind11::reinterpret_steal<pybind11::object>(made);
}

}  // namespace detail

// Functions of handles, all positional, that the interpreter calls without pybind11 in between: to
// find one of its methods and to get through to it took up to 0.4 µs, where all of a small
// convolution takes 1.

/// Adds a function `py::object (*)(py::handle, …)` to a module.
template <auto function>
void add_fast_function(pybind11::module_& m, const char* name) {
    PyMethodDef* const definition = detail::fast_definition<function>(name);
    m.attr(name) =
        detail::checked(PyCFunction_NewEx(definition, nullptr, m.attr("__name__").ptr()));
}

/// Adds a method `py::object (Self::*)(py::handle, …) const` to a class.
template <auto method>
void add_fast_method(pybind11::handle type, const char* name) {
    auto* const owner = reinterpret_cast<PyTypeObject*>(type.ptr());
    type.attr(name) =
        detail::checked(PyDescr_NewMethod(owner, detail::fast_definition<method>(name)));
}

}  // namespace dwconv::bindings
