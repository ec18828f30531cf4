#include <pybind11/stl.h>

#include <optional>

#include "array_view.hpp"
#include "dwconv/separable.hpp"
#include "fast_call.hpp"
#include "gil.hpp"
#include "layout_plan.hpp"
#include "options.hpp"
#include "register.hpp"
#include "separable_arguments.hpp"

namespace py = pybind11;

namespace dwconv::bindings {

namespace {

py::object separable_of(py::handle x, py::handle w_depthwise, py::handle w_pointwise,
                        py::handle bias, py::handle depthwise_bias, py::handle out,
                        py::handle activation_between, py::handle normalised) {
    const Options& options = Options::of(normalised);
    const auto depthwise_activation = activation_between.cast<std::optional<Activation>>();
    const InputArray src(x, "src");
    const SeparableFilters filters(w_depthwise, w_pointwise, bias, depthwise_bias);
    const TensorView src_view = options.layout.canonical(src.view, "src");
    const AskedSeparable asked(src_view.shape, filters, depthwise_activation, options, "src");

    const OutputArray dst(out, options.layout.from_canonical(asked.dst_shape()), options.layout,
                          src);
    dst.require_apart_from(src, "x");
    dst.require_apart_from(filters.depthwise, "w_depthwise");
    dst.require_apart_from(filters.pointwise, "w_pointwise");
    dst.require_apart_from(filters.bias, "bias");
    dst.require_apart_from(filters.depthwise_bias, "depthwise_bias");
    const MutableTensorView dst_view = options.layout.canonical(dst.view(), "dst");
    {
        const GilReleased released;
        separable(asked.problem, src_view, asked.weights, dst_view, options.plan_options());
    }
    return dst.finish();
}

using LayoutSeparable = LayoutPlan<SeparablePlan>;

LayoutSeparable separable_plan(const py::object& given, const py::object& w_depthwise,
                               const py::object& w_pointwise, const py::object& bias,
                               const py::object& depthwise_bias,
                               const std::optional<Activation>& depthwise_activation,
                               const Options& options) {
    const SeparableFilters filters(w_depthwise, w_pointwise, bias, depthwise_bias);
    const TensorView like = like_view(given);
    const TensorView src = options.layout.canonical(like, "like");
    const AskedSeparable asked(src.shape, filters, depthwise_activation, options, "like");
    const PlanOptions plan_options = plan_options_for(like, asked.dst_shape(), options);
    const Dims output_shape = options.layout.from_canonical(asked.dst_shape());
    const GilReleased released;
    return {options.layout, like.shape, output_shape,
            SeparablePlan(asked.problem, asked.weights, plan_options)};
}

}  // namespace

void register_separable(py::module_& m) {
    add_fast_function<&separable_of>(m, "separable");
    py::class_<LayoutSeparable> type(m, "SeparablePlan",
                                     "A separable problem made ready. Immutable.");
    type.def(py::init(&separable_plan), py::arg("like"), py::arg("w_depthwise"),
             py::arg("w_pointwise"), py::arg("bias"), py::arg("depthwise_bias"),
             py::arg("depthwise_activation"), py::arg("options"));
    add_plan_members(type);
}

}  // namespace dwconv::bindings
