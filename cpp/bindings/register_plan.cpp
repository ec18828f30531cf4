#include <pybind11/stl.h>

#include "array_view.hpp"
#include "dwconv/errors.hpp"
#include "dwconv/plan.hpp"
#include "layout_plan.hpp"
#include "options.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace dwconv::bindings {

namespace {

using ConvPlan = LayoutPlan<Plan>;

TypeSet types_for(std::int64_t groups) { return groups == 0 ? operand_types : DataType::float32; }

/// `like`: a view of the source, or one without data that has its shape and memory order. `groups`:
/// 0 for a depthwise convolution.
ConvPlan make_plan(const TensorView& like, const py::object& w, const py::object& bias,
                   std::int64_t groups, const Options& options, bool tune) {
    const InputArray weights(w, "weights", types_for(groups));
    const InputArray bias_array =
        InputArray::or_none(bias, "bias", groups == 0 ? bias_types : DataType::float32);
    const TensorView src = options.layout.canonical(like, "like");
    const AskedConv asked(src.shape, weights.view, groups, options, src.dtype);
    const Problem& problem = asked.problem;
    try {
        problem.validate();
    } catch (const InvalidArgument& error) {
        Complaint complaint = error.complaint();
        if (complaint.argument == "src") complaint.argument = "like";
        throw InvalidArgument(complaint);
    }

    PlanOptions plan_options = plan_options_for(like, problem.dst_shape(), options);
    plan_options.tune = tune;
    const Dims output_shape = options.layout.from_canonical(problem.dst_shape());
    const py::gil_scoped_release released;
    return {options.layout, like.shape, output_shape,
            Plan(problem, asked.weights, bias_array.view, plan_options)};
}

ConvPlan plan_for_array(const py::array& like, const py::object& w, const py::object& bias,
                        std::int64_t groups, const Options& options, bool tune,
                        const std::string&) {
    return make_plan(InputArray(like, "like", types_for(groups)).view, w, bias, groups, options,
                     tune);
}

ConvPlan plan_for_shape(const std::vector<std::int64_t>& like, const py::object& w,
                        const py::object& bias, std::int64_t groups, const Options& options,
                        bool tune, const std::string& dtype) {
    Dims shape;
    for (const std::int64_t size : like) shape.push_back(size);
    const TensorView view(nullptr, parse_data_type(dtype), shape, c_order_strides(shape));
    return make_plan(view, w, bias, groups, options, tune);
}

}  // namespace

void register_plan(py::module_& m) {
    py::class_<ConvPlan> type(m, "Plan", "A problem made ready, with its weights. Immutable.");
    type.def(py::init(&plan_for_array), py::arg("like"), py::arg("w"), py::arg("bias"),
             py::arg("groups"), py::arg("options"), py::arg("tune"),
             py::arg("dtype") = std::string("float32"))
        .def(py::init(&plan_for_shape), py::arg("like"), py::arg("w"), py::arg("bias"),
             py::arg("groups"), py::arg("options"), py::arg("tune"),
             py::arg("dtype") = std::string("float32"));
    add_plan_members(type);
}

}  // namespace dwconv::bindings
