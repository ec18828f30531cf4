#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "fast_call.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace dwconv::bindings {

namespace {

/// What a Python function has returned for arguments that cannot change. functools.lru_cache takes
/// 1.0 and True for 1, so that callers must look at each argument first: in all that took 0.5 µs of
/// a call, this takes 0.1.
///
/// The GIL is held in all functions.
class Memory {
public:
    Memory(py::object function, py::tuple constant_types)
        : function_(std::move(function)), constant_types_(std::move(constant_types)) {}

    py::object call(PyObject* const* arguments, std::size_t count) {
        Entry& entry = entries_[hash_of(arguments, count) % entries_.size()];
        if (entry.is_for(arguments, count)) return entry.result;
        const py::object result =
            detail::checked(PyObject_Vectorcall(function_.ptr(), arguments, count, nullptr));
        Entry made;
        made.result = result;
        for (std::size_t i = 0; i < count; ++i) {
            if (!is_constant(arguments[i])) return result;
            made.arguments.push_back(py::reinterpret_borrow<py::object>(arguments[i]));
        }
        std::swap(entry, made);
        return result;
    }

private:
    struct Entry {
        std::vector<py::object> arguments;
        py::object result;

        bool is_for(PyObject* const* given, std::size_t count) const {
            if (!result || arguments.size() != count) return false;
            for (std::size_t i = 0; i < count; ++i) {
                if (!are_same(arguments[i].ptr(), given[i])) return false;
            }
            return true;
        }
    };

    static bool is_number_or_text(PyObject* value) {
        return PyLong_CheckExact(value) != 0 || PyUnicode_CheckExact(value) != 0;
    }

    /// One object, or numbers, texts, or tuples of them with the same types and values.
    static bool are_same(PyObject* a, PyObject* b) {
        if (a == b) return true;
        if (Py_TYPE(a) != Py_TYPE(b)) return false;
        if (is_number_or_text(a)) return PyObject_RichCompareBool(a, b, Py_EQ) == 1;
        if (PyTuple_CheckExact(a) == 0 || PyTuple_GET_SIZE(a) != PyTuple_GET_SIZE(b)) return false;
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(a); ++i) {
            if (!are_same(PyTuple_GET_ITEM(a, i), PyTuple_GET_ITEM(b, i))) return false;
        }
        return true;
    }

    static std::size_t hash_of(PyObject* const* values, std::size_t count) {
        std::size_t hash = count;
        for (std::size_t i = 0; i < count; ++i) hash = hash * 31 + hash_of(values[i]);
        return hash;
    }

    /// The same for what are_same().
    static std::size_t hash_of(PyObject* value) {
        if (is_number_or_text(value)) return static_cast<std::size_t>(PyObject_Hash(value));
        if (PyTuple_CheckExact(value) == 0) return reinterpret_cast<std::uintptr_t>(value) / 16;
        return hash_of(PySequence_Fast_ITEMS(value),
                       static_cast<std::size_t>(PyTuple_GET_SIZE(value)));
    }

    bool is_constant(PyObject* value) const {
        if (value == Py_None || is_number_or_text(value)) return true;
        if (PyTuple_CheckExact(value) != 0) {
            for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(value); ++i) {
                if (!is_constant(PyTuple_GET_ITEM(value, i))) return false;
            }
            return true;
        }
        for (const py::handle type : constant_types_) {
            if (type.is(py::type::handle_of(value))) return true;
        }
        return false;
    }

    py::object function_;
    py::tuple constant_types_;
    std::array<Entry, 64> entries_;  // those that meet in one place drive one another out
};

PyObject* call_remembered(PyObject* self, PyObject* const* arguments, Py_ssize_t count) noexcept {
    auto* const memory = static_cast<Memory*>(PyCapsule_GetPointer(self, nullptr));
    return new_reference([&] { return memory->call(arguments, static_cast<std::size_t>(count)); });
}

/// A function of CPython's own kind, as a call of pybind11's takes as long as what is saved.
py::object remember(py::object function, py::tuple constant_types) {
    static PyMethodDef definition = {
        "remembered", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(&call_remembered)),
        METH_FASTCALL, nullptr};
    const py::capsule memory(new Memory(std::move(function), std::move(constant_types)),
                             [](void* held) { delete static_cast<Memory*>(held); });
    return detail::checked(PyCFunction_New(&definition, memory.ptr()));
}

}  // namespace

void register_remember(py::module_& m) {
    m.def("remember", &remember, py::arg("function"), py::arg("constant_types"),
          "The function of positional arguments, with a memory of its latest results.");
}

}  // namespace dwconv::bindings
