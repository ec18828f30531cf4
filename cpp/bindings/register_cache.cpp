#include "dwconv/cache.hpp"

#include "gil.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace dwconv::bindings {

void register_cache(py::module_& m) {
    m.def(
        "cache_info",
        [] {
            const CacheInfo info = cache_info();
            return py::make_tuple(info.hits, info.misses, info.capacity, info.size, info.evictions);
        },
        "(hits, misses, maxsize, currsize, evictions)");
    m.def("cache_clear", &cache_clear, py::call_guard<GilReleased>());
    m.def("cache_resize", &cache_resize, py::arg("maxsize"), py::call_guard<GilReleased>());
}

}  // namespace dwconv::bindings
