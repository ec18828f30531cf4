#include "strategy/pixel_kernels.hpp"

#include <algorithm>

#include "dense_copy.hpp"

namespace dwconv::strategy {

int PixelKernels::index_of(std::int64_t pixels) const noexcept {
    for (std::size_t i = 0; i < kernels_.size(); ++i) {
        if (kernels_[i]->geometry().input[0] == pixels) return static_cast<int>(i);
    }
    return -1;
}

int PixelKernels::add(std::int64_t pixels) {
    if (const int found = index_of(pixels); found >= 0) return found;
    onednn::KernelGeometry geometry;
    geometry.channels = problem_.channels;
    geometry.group_channels = problem_.group_channels();
    geometry.multiplier = problem_.multiplier;
    geometry.input = geometry.output = {pixels, 1};
    geometry.kernel = geometry.stride = geometry.dilation = {1, 1};
    geometry.bias = problem_.bias;
    geometry.activation = problem_.activation;
    kernels_.push_back(std::make_unique<onednn::ConvKernel>(geometry));
    offsets_.push_back(
        packing_.add({0, problem_.out_channels(), {0, 0}, {1, 1}}, *kernels_.back()));
    return static_cast<int>(kernels_.size()) - 1;
}

bool PixelKernels::all_fast() const noexcept {
    return std::all_of(kernels_.begin(), kernels_.end(),
                       [](const auto& kernel) { return kernel->is_fast(); });
}

std::size_t PixelKernels::packed_size() const noexcept {
    return packing_.size() + static_cast<std::size_t>(problem_.bias ? problem_.out_channels() : 0);
}

PackedWeights PixelKernels::pack(const TensorView& weights, const TensorView& bias,
                                 float* packed) const {
    packing_.pack(weights, packed);
    if (problem_.bias) copy_in_c_order(bias, packed + packing_.size());
    return {packed, true};
}

const float* PixelKernels::weights_of(const PackedWeights& packed, int kernel) const noexcept {
    return packed.data + offsets_[static_cast<std::size_t>(kernel)];
}

const float* PixelKernels::bias_of(const PackedWeights& packed) const noexcept {
    return problem_.bias ? packed.data + packing_.size() : nullptr;
}

}  // namespace dwconv::strategy
