#pragma once

#include <cstddef>
#include <dnnl.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "onednn/descriptors.hpp"
#include "onednn/kernel_geometry.hpp"
#include "onednn/weights_format.hpp"

namespace dwconv::onednn {

/// Where the arrays of one execution are, in the layouts that the kernel was made for. `bias` may
/// be null where the geometry has none.
struct Operands {
    const float* src;
    const float* weights;
    const float* bias;
    float* dst;
};

/// True for the kernels that oneDNN has for depthwise convolution; the others (gemm, ref, and those
/// for general convolutions) are many times slower.
bool is_fast_implementation(std::string_view name) noexcept;

/// True for the kernels that oneDNN has for general convolution; the others are gemm, which is
/// worth it where nothing else is there, and ref.
bool is_fast_general_implementation(std::string_view name) noexcept;

/// A convolution that oneDNN has compiled for one thread. Immutable: any number of
/// threads may run it at once, each through a KernelCall of its own.
class ConvKernel {
public:
    /// @throws BackendError
    explicit ConvKernel(const KernelGeometry& geometry);

    const KernelGeometry& geometry() const noexcept { return geometry_; }
    const std::string& implementation() const noexcept { return implementation_; }
    bool is_fast() const noexcept {
        return geometry_.is_depthwise() ? is_fast_implementation(implementation_)
                                        : is_fast_general_implementation(implementation_);
    }

    const dnnl::memory::desc& src_desc() const noexcept { return descriptors_.src; }
    const dnnl::memory::desc& weights_desc() const noexcept { return descriptors_.weights; }
    const dnnl::memory::desc& dst_desc() const noexcept { return descriptors_.dst; }
    /// Nothing where only oneDNN's own reorder can make the weights' layout.
    const std::optional<WeightsFormat>& weights_format() const noexcept { return format_; }
    /// Elements of the packed weights.
    std::size_t weights_size() const { return descriptors_.weights.get_size() / sizeof(float); }

private:
    friend class KernelCall;
    ConvKernel(const KernelGeometry& geometry, const Descriptors& descriptors);
    ConvKernel without_activation() const;

    KernelGeometry geometry_;
    Descriptors descriptors_;
    dnnl::memory::desc scratchpad_;
    dnnl::convolution_forward primitive_;
    std::string implementation_;
    std::optional<WeightsFormat> format_;
};

using Kernels = std::vector<std::unique_ptr<ConvKernel>>;

/// The names of kernels, each once, separated by ", "; "constant" for none.
std::string names_of(const Kernels& kernels);

/// What oneDNN needs to run a kernel, made once and used again; for one thread at a time.
class KernelCall {
public:
    explicit KernelCall(const ConvKernel& kernel);

    /// Runs the kernel. Where the activation met something that is not finite, the result is what
    /// the function says there, and not what oneDNN's kernel made of it.
    /// @throws BackendError
    void operator()(const Operands& operands);

private:
    void execute(const Operands& operands);
    void repair(const Operands& operands) const;

    const ConvKernel* kernel_;
    dnnl::stream stream_;
    std::unordered_map<int, dnnl::memory> arguments_;
};

}  // namespace dwconv::onednn
