#pragma once

#include <cstdint>
#include <dnnl.hpp>
#include <optional>

#include "dwconv/tensor_view.hpp"
#include "onednn/kernel_geometry.hpp"
#include "simd/transpose.hpp"

namespace dwconv::onednn {

/// How a depthwise kernel wants its weights: channels in blocks, one channel to a vector lane, the
/// blocks and the taps at these distances in elements.
struct WeightsFormat {
    std::int64_t block = 0;
    std::int64_t block_stride = 0;
    std::int64_t row_stride = 0;
    std::int64_t tap_stride = 0;

    friend bool operator==(const WeightsFormat& a, const WeightsFormat& b) noexcept {
        return a.block == b.block && a.block_stride == b.block_stride &&
               a.row_stride == b.row_stride && a.tap_stride == b.tap_stride;
    }

    /// Nothing where the descriptor is of another form.
    static std::optional<WeightsFormat> of(const dnnl::memory::desc& weights);
};

/// The part of the weights that a tile takes: output channels and taps, ends excluded.
struct WeightsSlice {
    std::int64_t channel_begin = 0;
    std::int64_t channel_end = 0;
    Pair tap_begin{};
    Pair tap_end{};

    friend bool operator==(const WeightsSlice& a, const WeightsSlice& b) noexcept {
        return a.channel_begin == b.channel_begin && a.channel_end == b.channel_end &&
               a.tap_begin == b.tap_begin && a.tap_end == b.tap_end;
    }
};

/// Lays a slice of `weights`, a view {channels, multiplier, kh, kw} with any strides, out in
/// `format`; lanes without a channel become zero.
void pack_weights(const TensorView& weights, const WeightsSlice& slice, const WeightsFormat& format,
                  simd::Transpose transpose, float* packed);

}  // namespace dwconv::onednn
