#include "array_view.hpp"
#include "dwconv/conv.hpp"
#include "fast_call.hpp"
#include "options.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace dwconv::bindings {

namespace {

/// `groups`: 0 for a depthwise convolution.
py::object conv_of(py::handle x, py::handle w, py::handle bias, py::handle out, py::handle groups,
                   py::handle normalised) {
    const Options& options = Options::of(normalised);
    const InputArray src(x, "src");
    const InputArray weights(w, "weights");
    const InputArray bias_array = InputArray::or_none(bias, "bias");
    const TensorView src_view = options.layout.canonical(src.view, "src");
    const AskedConv asked(src_view.shape, weights.view, groups.cast<std::int64_t>(), options);
    const Problem& problem = asked.problem;
    problem.validate();

    const OutputArray dst(out, options.layout.from_canonical(problem.dst_shape()), options.layout,
                          src);
    dst.require_apart_from(src, "x");
    dst.require_apart_from(weights, "w");
    dst.require_apart_from(bias_array, "bias");
    const MutableTensorView dst_view = options.layout.canonical(dst.view(), "dst");

    {
        const py::gil_scoped_release released;
        convolve(problem, src_view, asked.weights, bias_array.view, dst_view,
                 options.plan_options());
    }
    return dst.finish();
}

}  // namespace

void register_conv(py::module_& m) { add_fast_function<&conv_of>(m, "conv"); }

}  // namespace dwconv::bindings
