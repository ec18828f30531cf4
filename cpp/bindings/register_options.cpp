#include <pybind11/stl.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "array_view.hpp"
#include "fast_call.hpp"
#include "options.hpp"
#include "register.hpp"
#include "text.hpp"

namespace py = pybind11;

namespace dwconv::bindings {

namespace {

using Pairs = std::vector<std::pair<std::int64_t, std::int64_t>>;

std::variant<Paddings, PaddingRule> padding_of(const std::variant<Pairs, std::string>& padding) {
    if (const auto* const rule = std::get_if<std::string>(&padding)) {
        if (*rule == "causal") return PaddingRule::causal;
        return *rule == "same" ? PaddingRule::same_upper : PaddingRule::same_lower;
    }
    Paddings pairs;
    for (const auto& [low, high] : std::get<Pairs>(padding)) pairs.push_back({low, high});
    return pairs;
}

}  // namespace

const Options& Options::of(py::handle object) {
    static const py::handle type = py::type::of<Options>().release();
    if (!type.is(py::type::handle_of(object))) throw py::type_error("expected Options");
    return detail::instance<Options>(object.ptr());
}

PlanOptions Options::plan_options() const {
    PlanOptions plan;
    plan.threads = threads;
    plan.strategy = strategy;
    return plan;
}

Problem Options::unpadded(const Dims& src, const Dims& weights) const {
    Problem problem;
    problem.batch = src[0];
    problem.channels = src[1];
    problem.multiplier = weights[1];
    for (std::size_t i = 2; i < src.size(); ++i) {
        problem.spatial.push_back(src[i]);
        problem.kernel.push_back(weights[i]);
    }
    problem.stride = stride;
    problem.dilation = dilation;
    problem.activation = activation;
    return problem;
}

Problem Options::problem(const Dims& src, const Dims& weights) const {
    Problem problem = unpadded(src, weights);
    if (const auto* const pairs = std::get_if<Paddings>(&padding)) {
        problem.padding = *pairs;
    } else {
        problem.padding = padding_by(std::get<PaddingRule>(padding), problem);
    }
    return problem;
}

TransposedProblem Options::transposed(const Dims& src, const Dims& weights,
                                      const Dims& output_padding) const {
    TransposedProblem problem = {unpadded(src, weights), output_padding};
    if (const auto* const rule = std::get_if<PaddingRule>(&padding)) {
        return padded_by(*rule, problem);
    }
    problem.depthwise.padding = std::get<Paddings>(padding);
    return problem;
}

Problem Options::problem(const Dims& src, const Dims& weights, std::int64_t groups) const {
    Problem grouped = problem(src, weights);
    if (groups == src[1]) return grouped;
    grouped.groups = groups;
    grouped.multiplier = weights[0] / groups;
    return grouped;
}

AskedConv::AskedConv(const Dims& src, const TensorView& given_weights, std::int64_t groups,
                     const Options& options, DataType src_dtype) {
    const std::size_t rank = options.layout.spatial_rank();
    if (groups == 0) {
        weights = canonical_weights(given_weights, src[1], rank);
        problem = options.problem(src, weights.shape);
    } else {
        weights = canonical_weights(given_weights, src[1], groups, rank);
        problem = options.problem(src, weights.shape, groups);
    }
    problem.src_dtype = src_dtype;
    problem.weights_dtype = weights.dtype;
    problem.dst_dtype = options.out_dtype.value_or(src_dtype);
}

void register_options(py::module_& m) {
    m.def(
        "spatial_rank",
        [](const py::str& layout) { return Layout(text_of(layout)).spatial_rank(); },
        py::arg("layout"), "The number of spatial dimensions of a layout.");
    py::class_<Options>(m, "Options",
                        "The keyword arguments of a convolution, normalised. Immutable.")
        .def(py::init([](const py::str& layout, const std::vector<std::int64_t>& stride,
                         const std::vector<std::int64_t>& dilation,
                         const std::variant<Pairs, std::string>& padding,
                         const std::optional<Activation>& activation, int threads,
                         const std::optional<py::str>& strategy,
                         const std::optional<std::string>& out_dtype) {
                 Options made{
                     Layout(text_of(layout)),
                     dims_of(stride),
                     dims_of(dilation),
                     padding_of(padding),
                     activation.value_or(Activation()),
                     threads,
                     strategy ? parse_strategy(text_of(*strategy)) : StrategyKind::automatic};
                 if (out_dtype) made.out_dtype = parse_data_type(*out_dtype);
                 return made;
             }),
             py::arg("layout"), py::arg("stride"), py::arg("dilation"), py::arg("padding"),
             py::arg("activation"), py::arg("threads"), py::arg("strategy"),
             py::arg("out_dtype") = py::none());
}

}  // namespace dwconv::bindings
