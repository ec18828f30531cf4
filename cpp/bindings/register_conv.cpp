#include "array_view.hpp"
#include "dwconv/conv.hpp"
#include "fast_call.hpp"
#include "options.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace dwconv::bindings {

namespace {

/// `groups`: 0 for a depthwise convolution.
py::object conv_of(py::handle x, py::handle w, py::handle bias, py::handle scale, py::handle shift,
                   py::handle add, py::handle out, py::handle groups, py::handle normalised) {
    const Options& options = Options::of(normalised);
    const auto group_count = groups.cast<std::int64_t>();
    const bool depthwise = group_count == 0;
    const TypeSet types = depthwise ? operand_types : DataType::float32;
    const InputArray src(x, "src", types);
    const InputArray weights(w, "weights", types);
    const InputArray bias_array =
        InputArray::or_none(bias, "bias", depthwise ? bias_types : DataType::float32);
    const InputArray scale_array = InputArray::or_none(scale, "scale", affine_types);
    const InputArray shift_array = InputArray::or_none(shift, "shift", affine_types);
    const TensorView src_view = options.layout.canonical(src.view, "src");
    const AskedConv asked(src_view.shape, weights.view, group_count, options, src_view.dtype);
    const Problem& problem = asked.problem;
    problem.validate();

    const InputArray added = InputArray::or_none(add, "add", problem.dst_dtype);
    const OutputArray dst(out, options.layout.from_canonical(problem.dst_shape()), options.layout,
                          src, problem.dst_dtype);
    dst.require_apart_from(src, "x");
    dst.require_apart_from(weights, "w");
    dst.require_apart_from(bias_array, "bias");
    dst.require_apart_from(scale_array, "scale");
    dst.require_apart_from(shift_array, "shift");
    dst.require_apart_from(added, "add");
    const MutableTensorView dst_view = options.layout.canonical(dst.view(), "dst");

    if (scale.is_none() && shift.is_none() && add.is_none()) {
        const py::gil_scoped_release released;
        convolve(problem, src_view, asked.weights, bias_array.view, dst_view,
                 options.plan_options());
    } else {
        const TensorView add_view = canonical_add(added, dst, options.layout);
        const py::gil_scoped_release released;
        convolve(problem, src_view,
                 ConvWeights{asked.weights, bias_array.view, scale_array.view, shift_array.view},
                 add_view, dst_view, options.plan_options());
    }
    return dst.finish();
}

}  // namespace

void register_conv(py::module_& m) { add_fast_function<&conv_of>(m, "conv"); }

}  // namespace dwconv::bindings
