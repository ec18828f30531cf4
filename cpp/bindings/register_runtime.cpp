#include "dwconv/runtime.hpp"

#include "register.hpp"

namespace py = pybind11;

namespace dwconv::bindings {

void register_runtime(py::module_& m) {
    m.def("get_num_threads", &get_num_threads);
    m.def("set_num_threads", &set_num_threads, py::arg("threads"));
    m.def("get_config", [] {
        const Config config = get_config();
        py::dict values;
        values["dwconv"] = config.version;
        values["onednn"] = config.onednn_version;
        values["libdnnl"] = config.onednn_path;
        values["isa"] = config.isa;
        values["threads"] = config.threads;
        values["workers"] = config.workers;
        return values;
    });
}

}  // namespace dwconv::bindings
