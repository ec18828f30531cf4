#include <pybind11/stl.h>

#include "array_view.hpp"
#include "dwconv/transposed.hpp"
#include "fast_call.hpp"
#include "gil.hpp"
#include "layout_plan.hpp"
#include "naming.hpp"
#include "options.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace dwconv::bindings {

namespace {

/// What a user asks for with a source (n, c, spatial…), weights and an output padding.
struct AskedTransposed {
    TensorView weights;
    TransposedProblem problem;

    AskedTransposed(const Dims& src, const TensorView& given_weights,
                    const std::vector<std::int64_t>& output_padding, const Options& options)
        : weights(
              canonical_transposed_weights(given_weights, src[1], options.layout.spatial_rank())) {
        problem = options.transposed(src, weights.shape, dims_of(output_padding));
        problem.validate();
    }
};

py::object transposed_of(py::handle x, py::handle w, py::handle bias, py::handle output_padding,
                         py::handle out, py::handle normalised) {
    const Options& options = Options::of(normalised);
    const InputArray src(x, "src");
    const InputArray weights(w, "weights");
    const InputArray bias_array = InputArray::or_none(bias, "bias");
    const TensorView src_view = options.layout.canonical(src.view, "src");
    const AskedTransposed asked(src_view.shape, weights.view,
                                output_padding.cast<std::vector<std::int64_t>>(), options);

    const OutputArray dst(out, options.layout.from_canonical(asked.problem.dst_shape()),
                          options.layout, src);
    dst.require_apart_from(src, "x");
    dst.require_apart_from(weights, "w");
    dst.require_apart_from(bias_array, "bias");
    const MutableTensorView dst_view = options.layout.canonical(dst.view(), "dst");
    {
        const GilReleased released;
        transposed(asked.problem, src_view, asked.weights, bias_array.view, dst_view,
                   options.plan_options());
    }
    return dst.finish();
}

using LayoutTransposed = LayoutPlan<TransposedPlan>;

LayoutTransposed transposed_plan(const py::object& given, const py::object& w,
                                 const py::object& bias,
                                 const std::vector<std::int64_t>& output_padding,
                                 const Options& options) {
    const TensorView like = like_view(given);
    const InputArray weights(w, "weights");
    const InputArray bias_array = InputArray::or_none(bias, "bias");
    const TensorView src = options.layout.canonical(like, "like");
    const AskedTransposed asked = naming("src", "like", [&] {
        return AskedTransposed(src.shape, weights.view, output_padding, options);
    });
    const Dims dst_shape = asked.problem.dst_shape();
    const PlanOptions plan_options = plan_options_for(like, dst_shape, options);
    const GilReleased released;
    return {options.layout, like.shape, options.layout.from_canonical(dst_shape),
            TransposedPlan(asked.problem, asked.weights, bias_array.view, plan_options)};
}

}  // namespace

void register_transposed(py::module_& m) {
    add_fast_function<&transposed_of>(m, "transposed");
    py::class_<LayoutTransposed> type(m, "TransposedPlan",
                                      "A transposed problem made ready. Immutable.");
    type.def(py::init(&transposed_plan), py::arg("like"), py::arg("w"), py::arg("bias"),
             py::arg("output_padding"), py::arg("options"));
    add_plan_members(type);
}

}  // namespace dwconv::bindings
