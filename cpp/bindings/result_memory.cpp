#define NPY_NO_DEPRECATED_API NPY_1_23_API_VERSION
#define NPY_TARGET_VERSION NPY_1_23_API_VERSION

#include "result_memory.hpp"

#include <numpy/arrayobject.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <limits>

#include "array_type.hpp"
#include "fork.hpp"

namespace py = pybind11;

namespace dwconv::bindings {

namespace {

/// From here on glibc hands memory back to the system at each free; below, it keeps it as well.
constexpr std::size_t smallest_pooled = std::size_t{32} << 20;
constexpr auto idle_time = std::chrono::seconds(2);

std::size_t default_capacity() {
    constexpr std::size_t most = std::size_t{1} << 30;
    const auto pages = static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES));
    return std::min(most, pages / 8 * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)));
}

// NumPy calls these from any thread, and not always with the GIL.

void* handler_malloc(void*, std::size_t size) { return result_pool().take(size); }

void* handler_calloc(void*, std::size_t count, std::size_t size) {
    if (size != 0 && count > std::numeric_limits<std::size_t>::max() / size) return nullptr;
    void* const buffer = result_pool().take(count * size);
    return buffer == nullptr ? nullptr : std::memset(buffer, 0, count * size);
}

void* handler_realloc(void*, void* buffer, std::size_t size) {
    return result_pool().resize(buffer, size);
}

void handler_free(void*, void* buffer, std::size_t) { result_pool().give(buffer); }

/// A new reference, as all functions of NumPy's return that are used here.
py::object checked(PyObject* made) {
    if (made == nullptr) throw py::error_already_set();
    return py::reinterpret_steal<py::object>(made);
}

/// The capsule of our handler; each array that has memory from it holds a reference.
PyObject* pool_handler() {
    static PyDataMem_Handler handler = {
        "dwconv", 1, {nullptr, handler_malloc, handler_calloc, handler_realloc, handler_free}};
    PYBIND11_CONSTINIT static py::gil_safe_call_once_and_store<py::object> storage;
    return storage
        .call_once_and_store_result(
            [] { return checked(PyCapsule_New(&handler, "mem_handler", nullptr)); })
        .get_stored()
        .ptr();
}

/// While it lives, NumPy takes the memory of a large array on this thread from the pool. The GIL is
/// held all the time.
class ResultMemory {
public:
    /// @param bytes  of the array to come
    explicit ResultMemory(std::size_t bytes) {
        if (bytes < smallest_pooled) {
            result_pool().release_idle();
            return;
        }
        if (result_pool().capacity() == 0) return;
        PyObject* const ours = pool_handler();
        if (!checked(PyDataMem_GetHandler()).is(py::handle(PyDataMem_DefaultHandler))) return;
        previous_ = checked(PyDataMem_SetHandler(ours));
    }
    ResultMemory(const ResultMemory&) = delete;
    ResultMemory& operator=(const ResultMemory&) = delete;
    ~ResultMemory() {
        if (!previous_) return;
        py::error_scope pending;
        PyObject* const ours = PyDataMem_SetHandler(previous_.ptr());
        if (ours == nullptr) PyErr_WriteUnraisable(previous_.ptr());
        Py_XDECREF(ours);
    }

private:
    py::object previous_;  ///< the handler to put back; none where it was left alone
};

/// py::array's constructor allocates memory for shapes and strides, and works out more than there
/// is to know.
py::array new_array(const Dims& shape, npy_intp* strides, DataType dtype) {
    if (PyArray_API == nullptr && _import_array() < 0) throw py::error_already_set();
    std::size_t bytes = size_of(dtype);
    for (const std::int64_t size : shape) bytes *= static_cast<std::size_t>(size);
    const ResultMemory memory(bytes);
    std::array<npy_intp, max_rank> sizes;
    std::copy(shape.begin(), shape.end(), sizes.begin());
    return py::array(
        checked(PyArray_New(&PyArray_Type, static_cast<int>(shape.size()), sizes.data(),
                            type_number(dtype), strides, nullptr, 0, 0, nullptr)));
}

/// True once the functions around fork() are set; when the module is loaded.
const bool fork_is_safe = [] {
    on_fork([] { result_pool().before_fork(); }, [] { result_pool().after_fork_in_parent(); },
            [] { result_pool().after_fork_in_child(); });
    return true;
}();

}  // namespace

BufferPool& result_pool() {
    static BufferPool pool(default_capacity(), idle_time);
    return pool;
}

py::array new_result(const Dims& shape, DataType dtype) { return new_array(shape, nullptr, dtype); }

py::array new_result(const Dims& shape, const Dims& strides, DataType dtype) {
    const auto size = static_cast<npy_intp>(size_of(dtype));
    std::array<npy_intp, max_rank> steps;
    std::transform(strides.begin(), strides.end(), steps.begin(),
                   [size](std::int64_t stride) { return stride * size; });
    return new_array(shape, steps.data(), dtype);
}

}  // namespace dwconv::bindings
