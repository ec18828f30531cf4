#pragma once

#include <optional>
#include <string>
#include <type_traits>

#include "array_view.hpp"
#include "dwconv/errors.hpp"
#include "dwconv/layout.hpp"
#include "dwconv/quantized_problem.hpp"
#include "dwconv/types.hpp"
#include "fast_call.hpp"
#include "gil.hpp"
#include "options.hpp"

namespace dwconv::bindings {

/// The options of a plan for a source like this one, in the layout's order of dimensions.
/// `dst_shape` is (n, c, spatial…).
inline PlanOptions plan_options_for(const TensorView& like, const Dims& dst_shape,
                                    const Options& options) {
    const Layout& layout = options.layout;
    const TensorView c_order(nullptr, layout.from_canonical(dst_shape));
    PlanOptions plan = options.plan_options();
    plan.src_order = memory_order(layout.canonical(like, "like"));
    plan.dst_order = result_order(like, layout) == MemoryOrder::channels_last
                         ? MemoryOrder::channels_last
                         : memory_order(layout.canonical(c_order, "dst"));
    return plan;
}

/// A plan as Python sees it: with the layout of its arrays. `AnyPlan` is Plan, or a class like it.
template <class AnyPlan>
struct LayoutPlan {
    Layout layout;
    Dims input_shape;
    Dims output_shape;
    AnyPlan plan;
    /// What the plan reads, as the library names it in errors, and as Python does.
    const char* input = "src";
    const char* python_input = "x";
    bool brief = is_brief(plan.problem());
    DataType src_dtype = src_dtype_of(plan.problem());
    DataType dst_dtype = dst_dtype_of(plan.problem());

    py::object execute(py::handle x, py::handle out) const {
        return run(x, out,
                   [this](const TensorView& src, const OutputArray&, const MutableTensorView& dst) {
                       const MaybeReleased released(brief);
                       plan.execute(src, dst);
                   });
    }
    /// With an array that is added, which a convolution alone takes.
    py::object execute_adding(py::handle x, py::handle add, py::handle out) const {
        if constexpr (std::is_same_v<AnyPlan, Plan>) {
            if (!plan.problem().add) refuse_add();
            const InputArray added(add, "add", dst_dtype);
            return run(x, out,
                       [&](const TensorView& src, const OutputArray& result,
                           const MutableTensorView& dst) {
                           result.require_apart_from(added, "add");
                           const TensorView add_view = canonical_add(added, result, layout);
                           const MaybeReleased released(brief);
                           plan.execute(src, add_view, dst);
                       });
        } else {
            refuse_add();
        }
    }

private:
    /// The interpreter's lock is given up for as long as this is there, if that pays.
    class MaybeReleased {
    public:
        explicit MaybeReleased(bool brief) {
            if (!brief) released_.emplace();
        }

    private:
        std::optional<GilReleased> released_;
    };

    [[noreturn]] static void refuse_add() {
        throw InvalidArgument({"add", "None, as this plan adds nothing", "an array"});
    }

    /// Calls `compute` with the source, and the destination as a result and as a view.
    template <class Compute>
    py::object run(py::handle x, py::handle out, const Compute& compute) const {
        const InputArray src(x, input, src_dtype);
        require_shape(input, src.view.shape, input_shape, ", the plan's");
        const OutputArray dst(out, output_shape, layout, src, dst_dtype);
        dst.require_apart_from(src, python_input);
        const TensorView src_view = layout.canonical(src.view, input);
        const MutableTensorView dst_view = layout.canonical(dst.view(), "dst");
        compute(src_view, dst, dst_view);
        return dst.finish();
    }

    /// True for what takes some 10 µs at most, of which other threads could make no use: to release
    /// the interpreter's lock and to take it again takes 0.08, a tenth of the smallest problems.
    static bool is_brief(const Problem& problem) {
        return problem.flops() + problem.nbytes() <= 50'000;
    }
    static DataType src_dtype_of(const Problem& problem) { return problem.src_dtype; }
    static DataType dst_dtype_of(const Problem& problem) { return problem.dst_dtype; }
    static bool is_brief(const QuantizedProblem& problem) { return is_brief(problem.depthwise); }
    static DataType src_dtype_of(const QuantizedProblem& problem) {
        return problem.depthwise.src_dtype;
    }
    static DataType dst_dtype_of(const QuantizedProblem& problem) {
        return problem.depthwise.dst_dtype;
    }
    /// Several convolutions are of float32.
    template <class SeveralConvolutions>
    static DataType src_dtype_of(const SeveralConvolutions&) {
        return DataType::float32;
    }
    template <class SeveralConvolutions>
    static DataType dst_dtype_of(const SeveralConvolutions&) {
        return DataType::float32;
    }
    /// Even a small one of several convolutions may be shared with another thread, which may be off
    /// its core for long.
    template <class SeveralConvolutions>
    static bool is_brief(const SeveralConvolutions&) {
        return false;
    }
};

/// What all kinds of plans can do and tell. `Self` is a LayoutPlan, or a class like it; `pass`
/// comes before the problem's text.
template <class Self>
void add_plan_members(py::class_<Self>& type, const char* pass = "") {
    add_fast_method<&Self::execute>(type, "execute");
    type.def_property_readonly(
            "strategy", [](const Self& p) { return std::string(to_string(p.plan.strategy())); })
        .def_property_readonly("implementation",
                               [](const Self& p) { return p.plan.implementation(); })
        .def_property_readonly("layout",
                               [](const Self& p) { return std::string(p.layout.letters()); })
        .def_property_readonly("input_shape", [](const Self& p) { return to_tuple(p.input_shape); })
        .def_property_readonly("output_shape",
                               [](const Self& p) { return to_tuple(p.output_shape); })
        .def_property_readonly("flops", [](const Self& p) { return p.plan.problem().flops(); })
        .def_property_readonly("nbytes", [](const Self& p) { return p.plan.problem().nbytes(); })
        .def_property_readonly("problem",
                               [pass](const Self& p) { return pass + to_string(p.plan.problem()); })
        .def_property_readonly("threads", [](const Self& p) { return p.plan.threads(); });
}

template <class AnyPlan>
void add_plan_members(py::class_<LayoutPlan<AnyPlan>>& type, const char* pass = "") {
    add_plan_members<LayoutPlan<AnyPlan>>(type, pass);
    add_fast_method<&LayoutPlan<AnyPlan>::execute_adding>(type, "execute_adding");
}

}  // namespace dwconv::bindings
