#include "separable_arguments.hpp"

#include "dwconv/errors.hpp"
#include "naming.hpp"

namespace dwconv::bindings {

TensorView pointwise_view(const TensorView& given, std::int64_t channels, const char* argument,
                          const std::string& outputs) {
    const bool plain = given.shape.size() == 2;
    const bool ones = given.shape.size() == 4 && given.shape[2] == 1 && given.shape[3] == 1;
    if (!(plain || ones) || given.shape[0] == 0 || given.shape[1] != channels) {
        const std::string both = "(" + outputs + ", " + std::to_string(channels);
        throw InvalidArgument(
            {argument, "shape " + both + ") or " + both + ", 1, 1)", to_string(given.shape)});
    }
    TensorView view = given;
    for (std::size_t dim = view.shape.size(); dim < 4; ++dim) {
        view.shape.push_back(1);
        view.strides.push_back(1);
    }
    return view;
}

void require_bias(const TensorView& bias, const char* argument, std::int64_t channels) {
    if (bias.data != nullptr) require_shape(argument, bias.shape, {channels});
}

AskedSeparable::AskedSeparable(const Dims& src, const SeparableFilters& filters,
                               const std::optional<Activation>& depthwise_activation,
                               const Options& options, const char* src_name) {
    if (options.layout.spatial_rank() != 2) {
        throw Unsupported({"layout",
                           "'NCHW', 'NHWC', 'CHW' or 'HWC' (1-D and 3-D are not supported yet)",
                           "'" + std::string(options.layout.letters()) + "'"});
    }
    naming("src", src_name, [&] {
        naming("weights", "w_depthwise", [&] {
            weights.depthwise =
                canonical_weights(filters.depthwise.view, src[1], options.layout.spatial_rank());
            problem.depthwise = options.problem(src, weights.depthwise.shape);
            problem.depthwise.activation = depthwise_activation.value_or(Activation());
            problem.depthwise.validate();
        });
    });
    const std::int64_t channels = problem.depthwise.out_channels();
    weights.pointwise =
        pointwise_view(filters.pointwise.view, channels, filters.pointwise_name, "O");
    problem.outputs = weights.pointwise.shape[0];
    problem.activation = options.activation;
    weights.depthwise_bias = filters.depthwise_bias.view;
    require_bias(weights.depthwise_bias, "depthwise_bias", channels);
    weights.bias = filters.bias.view;
    require_bias(weights.bias, "bias", problem.outputs);
}

}  // namespace dwconv::bindings
