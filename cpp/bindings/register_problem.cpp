#include "dwconv/problem.hpp"

#include "array_view.hpp"
#include "dwconv/errors.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace dwconv::bindings {

namespace {

py::dict numbers_of(const std::string& text) {
    const Problem problem = parse_problem(text);
    problem.validate();
    if (problem.scale || problem.shift || problem.add) {
        throw Unsupported({"problem", "none that scales, shifts or adds (not benchmarked yet)",
                           to_string(problem)});
    }
    for (const DataType dtype : {problem.src_dtype, problem.dst_dtype}) {
        if (dtype == DataType::float32) continue;
        throw Unsupported({"problem", "float32 throughout (others are not benchmarked yet)",
                           std::string(to_string(dtype))});
    }
    py::list padding;
    for (const Padding& pad : problem.padding) padding.append(py::make_tuple(pad.low, pad.high));
    py::dict numbers;
    numbers["text"] = to_string(problem);
    numbers["batch"] = problem.batch;
    numbers["channels"] = problem.channels;
    numbers["multiplier"] = problem.multiplier;
    numbers["spatial"] = to_tuple(problem.spatial);
    numbers["kernel"] = to_tuple(problem.kernel);
    numbers["stride"] = to_tuple(problem.stride);
    numbers["dilation"] = to_tuple(problem.dilation);
    numbers["padding"] = py::tuple(padding);
    numbers["output"] = to_tuple(problem.output_spatial());
    numbers["bias"] = problem.bias;
    numbers["activation"] =
        problem.activation ? std::string(to_string(problem.activation.kind)) : std::string();
    numbers["alpha"] = problem.activation.alpha;
    numbers["beta"] = problem.activation.beta;
    numbers["flops"] = problem.flops();
    numbers["nbytes"] = problem.nbytes();
    return numbers;
}

}  // namespace

void register_problem(py::module_& m) { m.def("parse_problem", &numbers_of, py::arg("text")); }

}  // namespace dwconv::bindings
