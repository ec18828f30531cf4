#include <pybind11/stl.h>

#include "array_view.hpp"
#include "dwconv/errors.hpp"
#include "dwconv/measure.hpp"
#include "gil.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace dwconv::bindings {

namespace {

measure::CopyMethod copy_method(const std::string& name) {
    if (name == "memcpy") return measure::CopyMethod::memcpy;
    if (name == "loop") return measure::CopyMethod::loop;
    throw InvalidArgument({"method", "'memcpy' or 'loop'", "'" + name + "'"});
}

}  // namespace

void register_measure(py::module_& m) {
    m.def(
        "measure_copy",
        [](std::size_t src_bytes, std::size_t dst_bytes, const std::string& method, int threads,
           double seconds) {
            const measure::Copy copy{src_bytes, dst_bytes, copy_method(method), threads};
            const GilReleased released;
            return measure::copy_seconds(copy, seconds);
        },
        py::kw_only(), py::arg("src_bytes"), py::arg("dst_bytes"), py::arg("method"),
        py::arg("threads"), py::arg("seconds"));
    m.def("measure_multiply_add", &measure::multiply_add_rates, py::kw_only(), py::arg("threads"),
          py::arg("seconds"), py::call_guard<GilReleased>());
    // What a call costs that looks at its arrays and does nothing.
    m.def(
        "measure_call",
        [](const py::object& x, const py::object& out) {
            const InputArray src(x, "src"), dst(out, "dst");
            const GilReleased released;
        },
        py::arg("x"), py::arg("out"));
}

}  // namespace dwconv::bindings
