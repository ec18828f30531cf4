#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "dwconv/problem.hpp"
#include "onednn/conv_kernel.hpp"
#include "onednn/reorder.hpp"
#include "onednn/weights_format.hpp"

namespace dwconv::strategy {

/// The weights of a problem as the kernels that run it want them, in one piece of memory.
class WeightsPacking {
public:
    /// `problem` is normalized.
    explicit WeightsPacking(const Problem& problem) : problem_(problem) {}

    /// Makes room for a kernel that takes this part of the weights. Kernels that want the same part
    /// in the same form share it.
    /// @returns where the part begins
    std::size_t add(const onednn::WeightsSlice& slice, const onednn::ConvKernel& kernel);

    /// Elements that pack() writes.
    std::size_t size() const noexcept { return size_; }
    /// `weights` has the problem's shape and any strides.
    void pack(const TensorView& weights, float* packed) const;

private:
    struct Part {
        onednn::WeightsSlice slice;
        /// Of the two, the one that depthwise kernels have, and the one that others have.
        std::optional<onednn::WeightsFormat> format;
        std::optional<onednn::Reorder> reorder;
        std::size_t offset;
    };

    onednn::Reorder reorder_of(const onednn::ConvKernel& kernel) const;
    const Part* find(const onednn::WeightsSlice& slice, const onednn::ConvKernel& kernel) const;
    void pack_general(const TensorView& weights, float* packed) const;

    Problem problem_;
    std::vector<Part> parts_;
    std::size_t size_ = 0;
};

}  // namespace dwconv::strategy
