#include <pybind11/stl.h>

#include "array_view.hpp"
#include "dwconv/backward_data.hpp"
#include "fast_call.hpp"
#include "gil.hpp"
#include "layout_plan.hpp"
#include "naming.hpp"
#include "options.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace dwconv::bindings {

namespace {

/// The convolution of an x of this shape, in the layout's order of dimensions.
AskedConv asked_for(const Dims& x_shape, const TensorView& weights, const Options& options) {
    return naming("src", "x_shape", [&] {
        const Dims src = options.layout.canonical(TensorView(nullptr, x_shape), "src").shape;
        AskedConv asked(src, weights, 0, options);
        asked.problem.validate();
        return asked;
    });
}

constexpr const char* of_result = ", that of the convolution's result";

py::object backward_data_of(py::handle dy, py::handle w, py::handle x_shape, py::handle out,
                            py::handle normalised) {
    const Options& options = Options::of(normalised);
    const InputArray diff_dst(dy, "diff_dst");
    const InputArray weights(w, "weights");
    const Dims shape = dims_of(x_shape.cast<std::vector<std::int64_t>>());
    const AskedConv asked = asked_for(shape, weights.view, options);
    const TensorView diff_dst_view = options.layout.canonical(diff_dst.view, "diff_dst");
    require_shape("diff_dst", diff_dst.view.shape,
                  options.layout.from_canonical(asked.problem.dst_shape()), of_result);

    const OutputArray dst(out, shape, options.layout, diff_dst);
    dst.require_apart_from(diff_dst, "dy");
    dst.require_apart_from(weights, "w");
    const MutableTensorView dst_view = options.layout.canonical(dst.view(), "dst");
    {
        const GilReleased released;
        backward_data(asked.problem, diff_dst_view, asked.weights, dst_view,
                      options.plan_options());
    }
    return dst.finish();
}

using LayoutBackwardData = LayoutPlan<BackwardDataPlan>;

LayoutBackwardData backward_data_plan(const py::object& like, const py::object& w,
                                      const std::vector<std::int64_t>& x_shape,
                                      const Options& options) {
    const TensorView diff_dst = like_view(like);
    const InputArray weights(w, "weights");
    const Dims shape = dims_of(x_shape);
    const AskedConv asked = asked_for(shape, weights.view, options);
    options.layout.canonical(diff_dst, "like");
    require_shape("like", diff_dst.shape, options.layout.from_canonical(asked.problem.dst_shape()),
                  of_result);
    const PlanOptions plan_options = plan_options_for(diff_dst, asked.problem.src_shape(), options);
    const GilReleased released;
    return {options.layout, diff_dst.shape,
            shape,          BackwardDataPlan(asked.problem, asked.weights, plan_options),
            "diff_dst",     "dy"};
}

}  // namespace

void register_backward_data(py::module_& m) {
    add_fast_function<&backward_data_of>(m, "backward_data");
    py::class_<LayoutBackwardData> type(m, "BackwardDataPlan",
                                        "A gradient by the source made ready. Immutable.");
    type.def(py::init(&backward_data_plan), py::arg("like"), py::arg("w"), py::arg("x_shape"),
             py::arg("options"));
    add_plan_members(type, "backward_data:");
}

}  // namespace dwconv::bindings
