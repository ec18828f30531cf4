#include <pybind11/stl.h>

#include "array_view.hpp"
#include "dwconv/backward_weights.hpp"
#include "fast_call.hpp"
#include "gil.hpp"
#include "layout_plan.hpp"
#include "naming.hpp"
#include "options.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace dwconv::bindings {

namespace {

/// The convolution of an x of this shape, in the layout's order of dimensions, by weights of that
/// one.
AskedConv asked_for(const Dims& x_shape, const Dims& w_shape, bool bias, const Options& options) {
    const Dims src = options.layout.canonical(TensorView(nullptr, x_shape), "src").shape;
    return naming("weights", "w_shape", [&] {
        AskedConv asked(src, TensorView(nullptr, w_shape), 0, options);
        asked.problem.bias = bias;
        asked.problem.validate();
        return asked;
    });
}

/// The arrays of one call.
struct Call {
    const InputArray& src;
    const InputArray& diff_dst;
    OutputArray weights;
    OutputArray bias;
    TensorView src_view;
    TensorView diff_dst_view;
    MutableTensorView weights_view;

    Call(const InputArray& x, const InputArray& dy, py::handle out, const Dims& w_shape,
         const Problem& problem, const Layout& layout)
        : src(x),
          diff_dst(dy),
          weights(out, w_shape),
          bias(py::none(), {problem.bias ? problem.out_channels() : 0}),
          src_view(layout.canonical(src.view, "src")),
          diff_dst_view(layout.canonical(diff_dst.view, "diff_dst")) {
        const Dims shape = layout.from_canonical(problem.dst_shape());
        require_shape("diff_dst", diff_dst.view.shape, shape, ", that of the convolution's result");
        weights.require_apart_from(src, "x");
        weights.require_apart_from(diff_dst, "dy");
        const TensorView canonical =
            canonical_weights(weights.view(), problem.channels, problem.spatial.size());
        weights_view = weights.view();
        weights_view.shape = canonical.shape;
        weights_view.strides = canonical.strides;
    }

    MutableTensorView bias_view() const {
        return bias.view().shape[0] == 0 ? MutableTensorView() : bias.view();
    }
    py::object finish() const {
        if (bias.view().shape[0] == 0) return weights.finish();
        return py::make_tuple(weights.finish(), bias.finish());
    }
};

py::object backward_weights_of(py::handle x, py::handle dy, py::handle w_shape, py::handle bias,
                               py::handle out, py::handle normalised) {
    const Options& options = Options::of(normalised);
    const InputArray src(x, "src");
    const InputArray diff_dst(dy, "diff_dst");
    const Dims shape = dims_of(w_shape.cast<std::vector<std::int64_t>>());
    const Problem problem = asked_for(src.view.shape, shape, bias.cast<bool>(), options).problem;
    const Call call(src, diff_dst, out, shape, problem, options.layout);
    {
        const GilReleased released;
        backward_weights(problem, call.src_view, call.diff_dst_view, call.weights_view,
                         call.bias_view(), options.plan_options());
    }
    return call.finish();
}

/// A plan as Python sees it.
struct LayoutBackwardWeights {
    Layout layout;
    Dims input_shape;
    Dims output_shape;
    BackwardWeightsPlan plan;

    py::object execute(py::handle x, py::handle dy, py::handle out) const {
        const InputArray src(x, "src");
        require_shape("src", src.view.shape, input_shape, ", the plan's");
        const InputArray diff_dst(dy, "diff_dst");
        const Call call(src, diff_dst, out, output_shape, plan.problem(), layout);
        {
            const GilReleased released;
            plan.execute(call.src_view, call.diff_dst_view, call.weights_view, call.bias_view());
        }
        return call.finish();
    }

    Dims gradient_shape() const { return layout.from_canonical(plan.problem().dst_shape()); }
};

LayoutBackwardWeights backward_weights_plan(const py::object& like,
                                            const std::vector<std::int64_t>& w_shape, bool bias,
                                            const Options& options) {
    const TensorView src = like_view(like);
    const Dims shape = dims_of(w_shape);
    options.layout.canonical(src, "like");
    const Problem problem =
        naming("src", "like", [&] { return asked_for(src.shape, shape, bias, options).problem; });
    const PlanOptions plan_options = plan_options_for(src, problem.dst_shape(), options);
    const GilReleased released;
    return {options.layout, src.shape, shape, BackwardWeightsPlan(problem, plan_options)};
}

}  // namespace

void register_backward_weights(py::module_& m) {
    using Self = LayoutBackwardWeights;
    add_fast_function<&backward_weights_of>(m, "backward_weights");
    py::class_<Self> type(m, "BackwardWeightsPlan",
                          "A gradient by weights and bias made ready. Immutable.");
    type.def(py::init(&backward_weights_plan), py::arg("like"), py::arg("w_shape"), py::arg("bias"),
             py::arg("options"));
    add_plan_members(type, "backward_weights:");
    type.def_property_readonly("gradient_shape",
                               [](const Self& p) { return to_tuple(p.gradient_shape()); });
}

}  // namespace dwconv::bindings
