#include "onednn/descriptors.hpp"

#include "onednn/engine.hpp"
#include "onednn/errors.hpp"

namespace dwconv::onednn {

namespace {

using Desc = dnnl::memory::desc;
using Dims = dnnl::memory::dims;
using Tag = dnnl::memory::format_tag;
constexpr auto f32 = dnnl::memory::data_type::f32;

Dims dims_of(const Pair& pair) { return {pair[0], pair[1]}; }

/// oneDNN counts the elements between taps, its users the distance from tap to tap.
Dims onednn_dilation(const Pair& dilation) { return {dilation[0] - 1, dilation[1] - 1}; }

dnnl::algorithm algorithm_of(ActivationKind kind) {
    switch (kind) {
        case ActivationKind::none:
            break;
        case ActivationKind::relu:
        case ActivationKind::leaky_relu:
            return dnnl::algorithm::eltwise_relu;
        case ActivationKind::clip:
            return dnnl::algorithm::eltwise_clip;
        case ActivationKind::sigmoid:
            return dnnl::algorithm::eltwise_logistic;
        case ActivationKind::tanh:
            return dnnl::algorithm::eltwise_tanh;
        case ActivationKind::swish:
            return dnnl::algorithm::eltwise_swish;
        case ActivationKind::hardswish:
            return dnnl::algorithm::eltwise_hardswish;
        case ActivationKind::gelu_erf:
            return dnnl::algorithm::eltwise_gelu_erf;
        case ActivationKind::gelu_tanh:
            return dnnl::algorithm::eltwise_gelu_tanh;
        case ActivationKind::elu:
            return dnnl::algorithm::eltwise_elu;
    }
    return dnnl::algorithm::undef;
}

dnnl::primitive_attr attributes_of(const KernelGeometry& geometry) {
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    if (const Activation& activation = geometry.activation) {
        dnnl::post_ops operations;
        operations.append_eltwise(algorithm_of(activation.kind), activation.alpha, activation.beta);
        attributes.set_post_ops(operations);
    }
    return attributes;
}

/// All but a general convolution with one group, of which oneDNN's kernels want the weights
/// without.
bool has_group_dimension(const KernelGeometry& g) { return g.is_depthwise() || g.groups() != 1; }

Dims weights_dims(const KernelGeometry& g) {
    Dims dims = {g.multiplier, g.group_channels, g.kernel[0], g.kernel[1]};
    if (has_group_dimension(g)) dims.insert(dims.begin(), g.groups());
    return dims;
}

}  // namespace

Descriptors descriptors_of(const KernelGeometry& g) {
    const bool any = g.layouts == Layouts::any;
    const Tag src = any ? Tag::any : Tag::nhwc;
    const Tag dst = g.layouts == Layouts::mixed ? Tag::nchw : src;
    return {Desc({g.batch, g.channels, g.input[0], g.input[1]}, f32, src),
            Desc(weights_dims(g), f32, Tag::any),
            Desc({g.batch, g.out_channels(), g.output[0], g.output[1]}, f32, dst)};
}

Desc plain_weights(const KernelGeometry& g) {
    return {weights_dims(g), f32, has_group_dimension(g) ? Tag::goihw : Tag::oihw};
}

dnnl::convolution_forward::primitive_desc convolution_of(const KernelGeometry& g,
                                                         const Descriptors& descriptors) {
    const Desc bias = g.bias ? Desc({g.out_channels()}, f32, Tag::x) : Desc();
    return translated("describe the convolution", [&] {
        return dnnl::convolution_forward::primitive_desc(
            cpu_engine(), dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct,
            descriptors.src, descriptors.weights, bias, descriptors.dst, dims_of(g.stride),
            onednn_dilation(g.dilation), dims_of(g.pad_low), dims_of(g.pad_high), attributes_of(g));
    });
}

}  // namespace dwconv::onednn
