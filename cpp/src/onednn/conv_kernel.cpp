#include "onednn/conv_kernel.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "onednn/engine.hpp"
#include "onednn/errors.hpp"
#include "onednn/float_status.hpp"
#include "onednn/scratch.hpp"
#include "onednn/thread_limit.hpp"

namespace dwconv::onednn {

namespace {

constexpr std::array<std::string_view, 4> fast_prefixes = {"brdgmm_dw", "jit_dw", "jit_int8",
                                                           "jit_uni_int8"};

/// From here on each activation is its limit to the last bit, and oneDNN's polynomials are not
/// made for such values.
constexpr float extreme = 1e10f;

}  // namespace

bool is_fast_implementation(std::string_view name) noexcept {
    for (const std::string_view prefix : fast_prefixes) {
        if (name.substr(0, prefix.size()) == prefix) return true;
    }
    return false;
}

bool is_fast_general_implementation(std::string_view name) noexcept {
    return name.substr(0, 7) == "brgconv" || name.substr(0, 3) == "jit";
}

ConvKernel::ConvKernel(const KernelGeometry& geometry)
    : ConvKernel(geometry,
                 translated("describe the convolution", [&] { return descriptors_of(geometry); })) {
}

ConvKernel::ConvKernel(const KernelGeometry& geometry, const Descriptors& descriptors)
    : geometry_(geometry) {
    // oneDNN freezes the number of threads when the primitive is described.
    const SingleThreaded one_thread;
    const auto guard = creation_guard();
    const auto description = convolution_of(geometry, descriptors);
    translated("create the convolution", [&] {
        descriptors_ = {description.src_desc(), description.weights_desc(), description.dst_desc()};
        scratchpad_ = description.scratchpad_desc();
        primitive_ = dnnl::convolution_forward(description);
        implementation_ = description.impl_info_str();
        format_ = WeightsFormat::of(descriptors_.weights);
    });
}

ConvKernel ConvKernel::without_activation() const {
    KernelGeometry plain = geometry_;
    plain.activation = {};
    return ConvKernel(plain, descriptors_);
}

std::string names_of(const Kernels& kernels) {
    std::vector<std::string> names;
    for (const auto& kernel : kernels) {
        if (std::find(names.begin(), names.end(), kernel->implementation()) == names.end()) {
            names.push_back(kernel->implementation());
        }
    }
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text.empty() ? "constant" : text;
}

KernelCall::KernelCall(const ConvKernel& kernel) : kernel_(&kernel) {
    translated("prepare to run the convolution", [&] {
        stream_ = dnnl::stream(cpu_engine());
        const auto argument = [this](int name, const dnnl::memory::desc& desc) {
            arguments_.emplace(name, dnnl::memory(desc, cpu_engine(), nullptr));
        };
        argument(DNNL_ARG_SRC, kernel.descriptors_.src);
        argument(DNNL_ARG_WEIGHTS, kernel.descriptors_.weights);
        argument(DNNL_ARG_DST, kernel.descriptors_.dst);
        if (kernel.geometry_.bias) {
            argument(DNNL_ARG_BIAS, {{kernel.geometry_.out_channels()},
                                     dnnl::memory::data_type::f32,
                                     dnnl::memory::format_tag::x});
        }
        if (kernel.scratchpad_.get_size() != 0) argument(DNNL_ARG_SCRATCHPAD, kernel.scratchpad_);
    });
}

void KernelCall::operator()(const Operands& operands) {
    if (!kernel_->geometry_.activation) {
        execute(operands);
        return;
    }
    const FloatStatus status;
    execute(operands);
    // The slow kernels apply the activation in code of their own, which loses NaN without a sign.
    if (status.raised() || !kernel_->is_fast()) repair(operands);
}

void KernelCall::execute(const Operands& operands) {
    translated("run the convolution", [&] {
        const auto place = [this](int name, const float* data) {
            const auto found = arguments_.find(name);
            // oneDNN's memory objects have no form for data that are only read.
            if (found != arguments_.end()) found->second.set_data_handle(const_cast<float*>(data));
        };
        place(DNNL_ARG_SRC, operands.src);
        place(DNNL_ARG_WEIGHTS, operands.weights);
        place(DNNL_ARG_DST, operands.dst);
        place(DNNL_ARG_BIAS, operands.bias);
        const std::size_t scratchpad = kernel_->scratchpad_.get_size();
        if (scratchpad != 0) {
            place(DNNL_ARG_SCRATCHPAD,
                  thread_scratch().primitive.reserve(scratchpad / sizeof(float) + 1));
        }
        kernel_->primitive_.execute(stream_, arguments_);
    });
}

/// oneDNN's fused relu and clip turn NaN into a bound, its swish, hardswish and gelu turn an
/// infinity into NaN, differently by instruction set. All of that raises a flag of the processor,
/// so finite data pay nothing: only where the flag is up is the convolution run once more without
/// the activation, to see which elements were extreme, and those are set by the scalar function.
void KernelCall::repair(const Operands& operands) const {
    const ConvKernel linear = kernel_->without_activation();
    const std::size_t size = kernel_->descriptors_.dst.get_size() / sizeof(float);
    float* const values = thread_scratch().repair.reserve(size);
    KernelCall(linear).execute({operands.src, operands.weights, operands.bias, values});
    const Activation& activation = kernel_->geometry_.activation;
    for (std::size_t i = 0; i < size; ++i) {
        const bool ordinary = std::fabs(values[i]) < extreme;  // false for NaN
        if (!ordinary) operands.dst[i] = static_cast<float>(activation(values[i]));
    }
}

}  // namespace dwconv::onednn
