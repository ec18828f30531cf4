#include "strategy/weights_packing.hpp"

#include "dense_copy.hpp"
#include "onednn/library.hpp"
#include "onednn/scratch.hpp"
#include "strategy/cache_line.hpp"

namespace dwconv::strategy {

namespace {

/// Where a slice begins in weights {out_channels, group_channels, kh, kw} in C order.
std::int64_t begin_of(const onednn::WeightsSlice& slice, const Dims& shape) {
    return (slice.channel_begin * shape[1] * shape[2] + slice.tap_begin[0]) * shape[3] +
           slice.tap_begin[1];
}

}  // namespace

const WeightsPacking::Part* WeightsPacking::find(const onednn::WeightsSlice& slice,
                                                 const onednn::ConvKernel& kernel) const {
    for (const Part& part : parts_) {
        const bool same_form = part.format ? part.format == kernel.weights_format()
                                           : part.reorder->is_to(kernel.weights_desc());
        if (part.slice == slice && same_form) return &part;
    }
    return nullptr;
}

std::size_t WeightsPacking::add(const onednn::WeightsSlice& slice,
                                const onednn::ConvKernel& kernel) {
    const bool depthwise = kernel.geometry().is_depthwise();
    // A depthwise kernel without a format is not a fast one, and a grid with a slow one is not run.
    if (depthwise && !kernel.weights_format()) return 0;
    if (const Part* const found = find(slice, kernel)) return found->offset;
    Part part = {slice, std::nullopt, std::nullopt, size_};
    if (depthwise) {
        part.format = kernel.weights_format();
    } else {
        part.reorder = reorder_of(kernel);
    }
    parts_.push_back(part);
    size_ += rounded_to_line(kernel.weights_size());
    return part.offset;
}

onednn::Reorder WeightsPacking::reorder_of(const onednn::ConvKernel& kernel) const {
    const Dims shape = problem_.weights_shape();
    const auto to = kernel.weights_desc();
    const std::int64_t output = shape[1] * shape[2] * shape[3];
    dnnl::memory::dims strides = {output, shape[2] * shape[3], shape[3], 1};
    if (to.get_ndims() == 5) {
        strides.insert(strides.begin(), kernel.geometry().multiplier * output);
    }
    return onednn::Reorder({to.get_dims(), dnnl::memory::data_type::f32, strides}, to);
}

void WeightsPacking::pack(const TensorView& weights, float* packed) const {
    if (!problem_.is_depthwise()) {
        pack_general(weights, packed);
        return;
    }
    const simd::Transpose transpose = simd::transpose_for(onednn::simd_level());
    for (const Part& part : parts_) {
        onednn::pack_weights(weights, part.slice, *part.format, transpose, packed + part.offset);
    }
}

void WeightsPacking::pack_general(const TensorView& weights, float* packed) const {
    const float* plain = weights.floats();
    if (!is_c_order(weights)) {
        const auto count = static_cast<std::size_t>(element_count(weights.shape));
        float* const copy = onednn::thread_scratch().src_tile.reserve(count);
        copy_in_c_order(weights, copy);
        plain = copy;
    }
    for (const Part& part : parts_) {
        (*part.reorder)(plain + begin_of(part.slice, weights.shape), packed + part.offset);
    }
}

}  // namespace dwconv::strategy
