#include "strategy/weights_shape.hpp"

#include <algorithm>

#include "ceil_div.hpp"
#include "onednn/library.hpp"

namespace dwconv::strategy {

namespace {

/// Rows of planes are vectors of columns already, those of every second column nearly so: where
/// they are long, and without a stride there are few taps, to gather vectors of channels takes
/// longer than what it saves.
constexpr std::int64_t long_row = 40;
constexpr std::int64_t long_row_of_every_second = 28;
constexpr std::int64_t few_taps = 12;
/// Of planes as they lie, fewer rows leave too little to sum before sums leave the registers.
constexpr std::int64_t some_rows = 4;
/// The same of pixels, in rows and in columns. More taps, of which a few at a time read all pixels
/// anew, are faster on copies that lie together.
constexpr std::int64_t some_pixels = 12;
constexpr std::int64_t most_pixel_taps = 25;

bool are_in(const Request& request, MemoryOrder order) {
    return request.src_order == order && request.dst_order == order;
}

/// The kernel for planes as they lie; null where there is none.
simd::RollPlanes planes_kernel(const Request& request, const simd::WeightsKernels& kernels) {
    const WeightsAxes axes = weights_axes(request.problem);
    const WeightsAxis &rows = axes[1], &columns = axes[2];
    if (!are_in(request, MemoryOrder::channels_first) || rows.outputs < some_rows ||
        rows.stride != columns.stride || columns.stride > simd::most_rolled_stride ||
        rows.dilation != 1 || columns.dilation != 1) {
        return nullptr;
    }
    return kernels.roll_planes[columns.stride - 1];
}

/// The same for pixels, in channels-last memory.
simd::RollPixels pixels_kernel(const Request& request, const simd::WeightsKernels& kernels) {
    const WeightsAxes axes = weights_axes(request.problem);
    const WeightsAxis &rows = axes[1], &columns = axes[2];
    if (!are_in(request, MemoryOrder::channels_last) || request.problem.channels < kernels.lanes ||
        request.problem.multiplier != 1 || rows.kernel == 1 || rows.outputs < some_pixels ||
        columns.outputs < some_pixels || rows.kernel * columns.kernel > most_pixel_taps ||
        columns.stride > simd::most_rolled_stride || columns.dilation != 1) {
        return nullptr;
    }
    return kernels.roll_pixels[columns.stride - 1];
}

bool lanes_are_channels(const Request& request, std::int64_t lanes) {
    if (request.problem.channels < lanes) return false;
    if (!are_in(request, MemoryOrder::channels_first)) return true;
    const WeightsAxes axes = weights_axes(request.problem);
    if (axes[2].stride == 2) return axes[2].outputs < long_row_of_every_second;
    return axes[2].stride > 2 || axes[2].outputs < long_row ||
           axes[1].kernel * axes[2].kernel > few_taps;
}

const simd::WeightsKernels& kernels_for(const Request& request) {
    const simd::Level level = onednn::simd_level();
    const simd::WeightsKernels& newest = simd::weights_kernels_for(level);
    const simd::WeightsKernels& shorter =
        simd::weights_kernels_for(std::min(level, simd::Level::avx2));
    if (planes_kernel(request, shorter) != nullptr) {
        const bool fit = weights_axes(request.problem)[2].outputs <= shorter.lanes;
        return fit ? shorter : newest;
    }
    // Where longer vectors would be half empty.
    const std::int64_t filled = lanes_are_channels(request, shorter.lanes)
                                    ? request.problem.channels
                                    : weights_axes(request.problem)[2].outputs;
    return filled < newest.lanes ? shorter : newest;
}

}  // namespace

WeightsShape::WeightsShape(const Request& request)
    : problem(request.problem),
      axes(weights_axes(problem)),
      kernels(kernels_for(request)),
      roll_planes(planes_kernel(request, kernels)),
      roll_pixels(pixels_kernel(request, kernels)),
      vectors(roll_planes == nullptr && lanes_are_channels(request, kernels.lanes)),
      width(vectors ? kernels.lanes : 1),
      units(ceil_div(problem.channels, width)),
      taps(axes[1].kernel * axes[2].kernel) {}

std::int64_t WeightsShape::channel(std::int64_t unit) const noexcept {
    return std::min(unit * width, problem.channels - width);
}

std::int64_t WeightsShape::channels_before(std::int64_t unit) const noexcept {
    return unit * width - channel(unit);
}

std::int64_t WeightsShape::vectors_of_unit() const noexcept {
    return problem.multiplier * (axes[0].kernel * taps + 1);
}

std::int64_t WeightsShape::first_vector(std::int64_t member,
                                        std::int64_t depth_tap) const noexcept {
    return (member * axes[0].kernel + depth_tap) * taps;
}

std::int64_t WeightsShape::bias_vector(std::int64_t member) const noexcept {
    return problem.multiplier * axes[0].kernel * taps + member;
}

}  // namespace dwconv::strategy
