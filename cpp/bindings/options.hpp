#pragma once

#include <pybind11/pybind11.h>

#include <optional>
#include <variant>

#include "activation_caster.hpp"
#include "dwconv/layout.hpp"
#include "dwconv/plan.hpp"
#include "dwconv/problem.hpp"
#include "dwconv/transposed_problem.hpp"

namespace dwconv::bindings {

/// The keyword arguments of a convolution, normalised by the Python layer. Immutable.
struct Options {
    Layout layout;
    Dims stride;
    Dims dilation;
    std::variant<Paddings, PaddingRule> padding;
    Activation activation;
    int threads = 0;
    StrategyKind strategy = StrategyKind::automatic;
    std::optional<DataType> out_dtype = std::nullopt;  ///< nothing: that of the source

    /// Those that say how to run it; memory orders are left as they are.
    PlanOptions plan_options() const;
    /// The problem for a source (n, c, spatial…) and weights {c, m, kernel…}.
    Problem problem(const Dims& src, const Dims& weights) const;
    /// The same for a convolution with groups and weights as canonical_weights() returns them.
    Problem problem(const Dims& src, const Dims& weights, std::int64_t groups) const;

    /// The transposed convolution of such a source.
    TransposedProblem transposed(const Dims& src, const Dims& weights,
                                 const Dims& output_padding) const;

    /// Those that a Python object is: a cast without the 50 ns that looking up its type takes.
    /// @throws pybind11::type_error
    static const Options& of(pybind11::handle object);

private:
    /// The problem without its padding.
    Problem unpadded(const Dims& src, const Dims& weights) const;
};

/// What a user asks for with a source (n, c, spatial…) and weights in one of the forms that
/// canonical_weights() takes. `groups`: 0 for a depthwise convolution.
struct AskedConv {
    TensorView weights;
    Problem problem;

    AskedConv(const Dims& src, const TensorView& given_weights, std::int64_t groups,
              const Options& options, DataType src_dtype = DataType::float32);
};

}  // namespace dwconv::bindings
