#include "array_view.hpp"
#include "dwconv/conv.hpp"
#include "fast_call.hpp"
#include "gil.hpp"
#include "options.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace dwconv::bindings {

namespace {

/// What stands beside the weights and the bias, each None where there is none.
struct Epilogue {
    py::handle scale;
    py::handle shift;
    py::handle add;

    bool is_empty() const { return scale.is_none() && shift.is_none() && add.is_none(); }
};

/// The arrays of a call.
struct Arrays {
    const TensorView& src;
    const TensorView& weights;
    const TensorView& bias;
    const OutputArray& dst;
};

void run(const Problem& problem, const Arrays& arrays, const Epilogue& epilogue,
         const Options& options) {
    const MutableTensorView dst = options.layout.canonical(arrays.dst.view(), "dst");
    // Most calls have none, and are the faster for it.
    if (epilogue.is_empty()) {
        const GilReleased released;
        convolve(problem, arrays.src, arrays.weights, arrays.bias, dst, options.plan_options());
        return;
    }
    const InputArray scale = InputArray::or_none(epilogue.scale, "scale", affine_types);
    const InputArray shift = InputArray::or_none(epilogue.shift, "shift", affine_types);
    const InputArray add = InputArray::or_none(epilogue.add, "add", problem.dst_dtype);
    arrays.dst.require_apart_from(scale, "scale");
    arrays.dst.require_apart_from(shift, "shift");
    arrays.dst.require_apart_from(add, "add");
    const TensorView added = canonical_add(add, arrays.dst, options.layout);
    const ConvWeights weights = {arrays.weights, arrays.bias, scale.view, shift.view};
    const GilReleased released;
    convolve(problem, arrays.src, weights, added, dst, options.plan_options());
}

/// `groups`: 0 for a depthwise convolution.
py::object conv_of(py::handle x, py::handle w, py::handle bias, py::handle scale, py::handle shift,
                   py::handle add, py::handle out, py::handle groups, py::handle normalised) {
    const Options& options = Options::of(normalised);
    const auto group_count = groups.cast<std::int64_t>();
    const bool depthwise = group_count == 0;
    const TypeSet types = depthwise ? operand_types : DataType::float32;
    const InputArray src(x, "src", types);
    const InputArray weights(w, "weights", types);
    const InputArray bias_array = InputArray::or_none(bias, "bias", bias_types(src.view.dtype));
    const TensorView src_view = options.layout.canonical(src.view, "src");
    const AskedConv asked(src_view.shape, weights.view, group_count, options, src_view.dtype);
    const Problem& problem = asked.problem;
    problem.validate();

    const OutputArray dst(out, options.layout.from_canonical(problem.dst_shape()), options.layout,
                          src, problem.dst_dtype);
    dst.require_apart_from(src, "x");
    dst.require_apart_from(weights, "w");
    dst.require_apart_from(bias_array, "bias");
    run(problem, {src_view, asked.weights, bias_array.view, dst}, {scale, shift, add}, options);
    return dst.finish();
}

}  // namespace

void register_conv(py::module_& m) { add_fast_function<&conv_of>(m, "conv"); }

}  // namespace dwconv::bindings
