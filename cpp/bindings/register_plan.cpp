#include <pybind11/stl.h>

#include "array_view.hpp"
#include "dwconv/plan.hpp"
#include "gil.hpp"
#include "layout_plan.hpp"
#include "naming.hpp"
#include "options.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace dwconv::bindings {

namespace {

using ConvPlan = LayoutPlan<Plan>;

TypeSet types_for(std::int64_t groups) { return groups == 0 ? operand_types : DataType::float32; }

/// `groups`: 0 for a depthwise convolution; `dtype`: where `like` is a shape.
ConvPlan conv_plan(const py::object& given, const py::object& w, const py::object& bias,
                   std::int64_t groups, const Options& options, bool tune, const std::string& dtype,
                   const py::object& scale, const py::object& shift, bool add) {
    const TensorView like = like_view(given, types_for(groups), parse_data_type(dtype));
    const InputArray weights(w, "weights", types_for(groups));
    const InputArray bias_array = InputArray::or_none(bias, "bias", bias_types(like.dtype));
    const InputArray scale_array = InputArray::or_none(scale, "scale", affine_types);
    const InputArray shift_array = InputArray::or_none(shift, "shift", affine_types);
    const TensorView src = options.layout.canonical(like, "like");
    AskedConv asked(src.shape, weights.view, groups, options, src.dtype);
    asked.problem.add = add;
    const Problem& problem = asked.problem;
    naming("src", "like", [&] { problem.validate(); });

    PlanOptions plan_options = plan_options_for(like, problem.dst_shape(), options);
    plan_options.tune = tune;
    const Dims output_shape = options.layout.from_canonical(problem.dst_shape());
    const GilReleased released;
    return {options.layout, like.shape, output_shape,
            Plan(problem,
                 ConvWeights{asked.weights, bias_array.view, scale_array.view, shift_array.view},
                 plan_options)};
}

}  // namespace

void register_plan(py::module_& m) {
    py::class_<ConvPlan> type(m, "Plan", "A problem made ready, with its weights. Immutable.");
    type.def(py::init(&conv_plan), py::arg("like"), py::arg("w"), py::arg("bias"),
             py::arg("groups"), py::arg("options"), py::arg("tune"),
             py::arg("dtype") = std::string("float32"), py::arg("scale") = py::none(),
             py::arg("shift") = py::none(), py::arg("add") = false);
    add_plan_members(type);
}

}  // namespace dwconv::bindings
