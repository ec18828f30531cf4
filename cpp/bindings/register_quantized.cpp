#include <pybind11/stl.h>

#include <cstdint>
#include <string>
#include <vector>

#include "array_view.hpp"
#include "dwconv/quantized.hpp"
#include "fast_call.hpp"
#include "gil.hpp"
#include "layout_plan.hpp"
#include "naming.hpp"
#include "options.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace dwconv::bindings {

namespace {

constexpr TypeSet byte_types = {DataType::int8, DataType::uint8};

QuantizedProblem quantized_problem(const AskedConv& asked, const Quantization& quantization) {
    QuantizedProblem problem = {asked.problem, quantization};
    problem.validate();
    return problem;
}

py::object quantized_of(py::handle x, py::handle w, py::handle bias, py::handle quantization,
                        py::handle out, py::handle normalised) {
    const Options& options = Options::of(normalised);
    const InputArray src(x, "src", byte_types);
    const InputArray weights(w, "weights", byte_types);
    const InputArray bias_array = InputArray::or_none(bias, "bias", DataType::int32);
    const TensorView src_view = options.layout.canonical(src.view, "src");
    const AskedConv asked(src_view.shape, weights.view, 0, options, src_view.dtype);
    const QuantizedProblem problem =
        quantized_problem(asked, quantization.cast<const Quantization&>());

    const OutputArray dst(out, options.layout.from_canonical(asked.problem.dst_shape()),
                          options.layout, src, asked.problem.dst_dtype);
    dst.require_apart_from(src, "x");
    dst.require_apart_from(weights, "w");
    dst.require_apart_from(bias_array, "bias");
    const MutableTensorView dst_view = options.layout.canonical(dst.view(), "dst");
    {
        const GilReleased released;
        quantized(problem, src_view, asked.weights, bias_array.view, dst_view,
                  options.plan_options());
    }
    return dst.finish();
}

using LayoutQuantized = LayoutPlan<QuantizedPlan>;

LayoutQuantized quantized_plan(const py::object& given, const py::object& w, const py::object& bias,
                               const Quantization& quantization, const Options& options,
                               const std::string& dtype) {
    const TensorView like = like_view(given, byte_types, parse_data_type(dtype));
    const InputArray weights(w, "weights", byte_types);
    const InputArray bias_array = InputArray::or_none(bias, "bias", DataType::int32);
    const TensorView src = options.layout.canonical(like, "like");
    const AskedConv asked(src.shape, weights.view, 0, options, src.dtype);
    const QuantizedProblem problem =
        naming("src", "like", [&] { return quantized_problem(asked, quantization); });
    const Dims dst_shape = asked.problem.dst_shape();
    const PlanOptions plan_options = plan_options_for(like, dst_shape, options);
    const GilReleased released;
    return {options.layout, like.shape, options.layout.from_canonical(dst_shape),
            QuantizedPlan(problem, asked.weights, bias_array.view, plan_options)};
}

}  // namespace

void register_quantized(py::module_& m) {
    py::class_<Quantization>(m, "Quantization", "Scales and zero points. Immutable.")
        .def(
            py::init([](float x_scale, std::int32_t x_zero_point, const std::vector<float>& w_scale,
                        const std::vector<std::int32_t>& w_zero_point, float y_scale,
                        std::int32_t y_zero_point) {
                return Quantization{x_scale,      x_zero_point, w_scale,
                                    w_zero_point, y_scale,      y_zero_point};
            }),
            py::arg("x_scale"), py::arg("x_zero_point"), py::arg("w_scale"),
            py::arg("w_zero_point"), py::arg("y_scale"), py::arg("y_zero_point"));
    add_fast_function<&quantized_of>(m, "quantized");
    py::class_<LayoutQuantized> type(m, "QuantizedPlan",
                                     "A quantized problem made ready. Immutable.");
    type.def(py::init(&quantized_plan), py::arg("like"), py::arg("w"), py::arg("bias"),
             py::arg("quantization"), py::arg("options"), py::arg("dtype"));
    add_plan_members(type);
}

}  // namespace dwconv::bindings
