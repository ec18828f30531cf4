#include <pybind11/stl.h>

#include "array_view.hpp"
#include "dwconv/errors.hpp"
#include "dwconv/plan.hpp"
#include "options.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace dwconv::bindings {

namespace {

/// A plan as Python sees it: with the layout of its arrays.
struct LayoutPlan {
    Layout layout;
    Dims input_shape;
    Dims output_shape;
    Plan plan;
};

/// The memory order of an array in C order for its layout.
MemoryOrder c_order_of(const Layout& layout, const Dims& canonical_shape) {
    const TensorView array(nullptr, layout.from_canonical(canonical_shape));
    return memory_order(layout.canonical(array, "dst"));
}

/// `like`: a view of the source, or one without data that has its shape and memory order. `groups`:
/// 0 for a depthwise convolution.
LayoutPlan make_plan(const TensorView& like, const py::object& w, const py::object& bias,
                     std::int64_t groups, const Options& options, bool tune) {
    const InputArray weights(w, "weights");
    const InputArray bias_array = InputArray::or_none(bias, "bias");
    const TensorView src = options.layout.canonical(like, "like");
    const std::size_t rank = options.layout.spatial_rank();
    const TensorView weights_view =
        groups == 0 ? canonical_weights(weights.view, src.shape[1], rank)
                    : canonical_weights(weights.view, src.shape[1], groups, rank);
    const Problem problem = groups == 0 ? options.problem(src.shape, weights_view.shape)
                                        : options.problem(src.shape, weights_view.shape, groups);
    try {
        problem.validate();
    } catch (const InvalidArgument& error) {
        Complaint complaint = error.complaint();
        if (complaint.argument == "src") complaint.argument = "like";
        throw InvalidArgument(complaint);
    }

    PlanOptions plan_options;
    plan_options.src_order = memory_order(src);
    plan_options.dst_order = result_order(like, options.layout) == MemoryOrder::channels_last
                                 ? MemoryOrder::channels_last
                                 : c_order_of(options.layout, problem.dst_shape());
    plan_options.threads = options.threads;
    plan_options.strategy = options.strategy;
    plan_options.tune = tune;
    const Dims output_shape = options.layout.from_canonical(problem.dst_shape());
    const py::gil_scoped_release released;
    return {options.layout, like.shape, output_shape,
            Plan(problem, weights_view, bias_array.view, plan_options)};
}

LayoutPlan plan_for_array(const py::array& like, const py::object& w, const py::object& bias,
                          std::int64_t groups, const Options& options, bool tune) {
    return make_plan(InputArray(like, "like").view, w, bias, groups, options, tune);
}

LayoutPlan plan_for_shape(const std::vector<std::int64_t>& like, const py::object& w,
                          const py::object& bias, std::int64_t groups, const Options& options,
                          bool tune) {
    Dims shape;
    for (const std::int64_t size : like) shape.push_back(size);
    return make_plan(TensorView(nullptr, shape), w, bias, groups, options, tune);
}

py::object execute(const LayoutPlan& self, const py::object& x, const py::object& out) {
    const InputArray src(x, "src");
    if (src.view.shape != self.input_shape) {
        throw InvalidArgument({"src", "shape " + to_string(self.input_shape) + ", the plan's",
                               to_string(src.view.shape)});
    }
    const OutputArray dst(out, self.output_shape, self.layout, src);
    dst.require_apart_from(src, "x");
    const TensorView src_view = self.layout.canonical(src.view, "src");
    const MutableTensorView dst_view = self.layout.canonical(dst.view(), "dst");
    {
        const py::gil_scoped_release released;
        self.plan.execute(src_view, dst_view);
    }
    return dst.finish();
}

}  // namespace

void register_plan(py::module_& m) {
    py::class_<LayoutPlan>(m, "Plan", "A problem made ready, with its weights. Immutable.")
        .def(py::init(&plan_for_array), py::arg("like"), py::arg("w"), py::arg("bias"),
             py::arg("groups"), py::arg("options"), py::arg("tune"))
        .def(py::init(&plan_for_shape), py::arg("like"), py::arg("w"), py::arg("bias"),
             py::arg("groups"), py::arg("options"), py::arg("tune"))
        .def("execute", &execute, py::arg("x"), py::arg("out"))
        .def_property_readonly(
            "strategy",
            [](const LayoutPlan& p) { return std::string(to_string(p.plan.strategy())); })
        .def_property_readonly("implementation",
                               [](const LayoutPlan& p) { return p.plan.implementation(); })
        .def_property_readonly("layout",
                               [](const LayoutPlan& p) { return std::string(p.layout.letters()); })
        .def_property_readonly("input_shape",
                               [](const LayoutPlan& p) { return to_tuple(p.input_shape); })
        .def_property_readonly("output_shape",
                               [](const LayoutPlan& p) { return to_tuple(p.output_shape); })
        .def_property_readonly("flops",
                               [](const LayoutPlan& p) { return p.plan.problem().flops(); })
        .def_property_readonly("nbytes",
                               [](const LayoutPlan& p) { return p.plan.problem().nbytes(); })
        .def_property_readonly("problem",
                               [](const LayoutPlan& p) { return to_string(p.plan.problem()); })
        .def_property_readonly("threads", [](const LayoutPlan& p) { return p.plan.threads(); });
}

}  // namespace dwconv::bindings
