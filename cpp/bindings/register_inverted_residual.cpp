#include <pybind11/stl.h>

#include <optional>

#include "array_view.hpp"
#include "dwconv/inverted_residual.hpp"
#include "gil.hpp"
#include "layout_plan.hpp"
#include "options.hpp"
#include "register.hpp"
#include "separable_arguments.hpp"

namespace py = pybind11;

namespace dwconv::bindings {

namespace {

using LayoutInvertedResidual = LayoutPlan<InvertedResidualPlan>;

/// What is asked for beside the separable convolution.
struct Expansion {
    InputArray weights;
    InputArray bias;
    Activation activation;
    bool residual;
};

LayoutInvertedResidual make_plan(const TensorView& like, const Expansion& expansion,
                                 const SeparableFilters& filters,
                                 const std::optional<Activation>& depthwise_activation,
                                 const Options& options) {
    Dims src = options.layout.canonical(like, "like").shape;
    InvertedResidualProblem problem;
    InvertedResidualWeights weights;
    problem.channels = src[1];
    weights.expand = pointwise_view(expansion.weights.view, src[1], "w_expand", "E");
    weights.expand_bias = expansion.bias.view;
    src[1] = weights.expand.shape[0];
    require_bias(weights.expand_bias, "expand_bias", src[1]);
    problem.expand_activation = expansion.activation;
    const AskedSeparable asked(src, filters, depthwise_activation, options, "like");
    problem.separable = asked.problem;
    problem.residual = expansion.residual;
    problem.validate();
    weights.separable = asked.weights;

    const PlanOptions plan_options = plan_options_for(like, asked.dst_shape(), options);
    const Dims output_shape = options.layout.from_canonical(asked.dst_shape());
    const GilReleased released;
    return {options.layout, like.shape, output_shape,
            InvertedResidualPlan(problem, weights, plan_options)};
}

LayoutInvertedResidual inverted_residual_plan(
    const py::object& like, const py::object& w_expand, const py::object& w_depthwise,
    const py::object& w_project, const py::object& bias, const py::object& expand_bias,
    const py::object& depthwise_bias, const std::optional<Activation>& expand_activation,
    const std::optional<Activation>& depthwise_activation, bool residual, const Options& options) {
    const Expansion expansion = {InputArray(w_expand, "w_expand"),
                                 InputArray::or_none(expand_bias, "expand_bias"),
                                 expand_activation.value_or(Activation()), residual};
    const SeparableFilters filters(w_depthwise, w_project, bias, depthwise_bias, "w_project");
    return make_plan(like_view(like), expansion, filters, depthwise_activation, options);
}

}  // namespace

void register_inverted_residual(py::module_& m) {
    py::class_<LayoutInvertedResidual> type(m, "InvertedResidualPlan",
                                            "An inverted residual block made ready. Immutable.");
    type.def(py::init(&inverted_residual_plan), py::arg("like"), py::arg("w_expand"),
             py::arg("w_depthwise"), py::arg("w_project"), py::arg("bias"), py::arg("expand_bias"),
             py::arg("depthwise_bias"), py::arg("expand_activation"),
             py::arg("depthwise_activation"), py::arg("residual"), py::arg("options"));
    add_plan_members(type);
}

}  // namespace dwconv::bindings
