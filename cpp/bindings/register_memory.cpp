#include "gil.hpp"
#include "register.hpp"
#include "result_memory.hpp"

namespace py = pybind11;

namespace dwconv::bindings {

void register_memory(py::module_& m) {
    m.def(
        "memory_info",
        [] { return py::make_tuple(result_pool().capacity(), result_pool().kept()); },
        "(maxsize, currsize) in bytes");
    m.def("memory_trim", [] { result_pool().trim(); }, py::call_guard<GilReleased>());
    m.def(
        "memory_resize", [](std::size_t maxsize) { result_pool().set_capacity(maxsize); },
        py::arg("maxsize"), py::call_guard<GilReleased>());
}

}  // namespace dwconv::bindings
