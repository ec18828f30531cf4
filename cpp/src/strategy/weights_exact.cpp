#include "strategy/weights_exact.hpp"

namespace dwconv::strategy {

namespace {

/// What a tap meets along an axis.
struct Met {
    std::int64_t begin;  ///< outputs, the end excluded
    std::int64_t end;
    std::int64_t element;  ///< of output `begin`

    Met(const WeightsAxis& axis, std::int64_t tap)
        : begin(axis.first_output(tap)),
          end(axis.end_output(tap)),
          element(axis.element(begin, tap)) {}
};

}  // namespace

double exact_weight(const WeightsAxes& axes, const TensorView& src, std::int64_t channel,
                    const TensorView& diff_dst, std::int64_t diff_channel,
                    const std::array<std::int64_t, 3>& tap) {
    const auto src_step = spatial_strides(src.strides);
    const auto diff_step = spatial_strides(diff_dst.strides);
    const Met depth(axes[0], tap[0]), height(axes[1], tap[1]), width(axes[2], tap[2]);
    const std::int64_t src_next = axes[2].stride * src_step[2];
    double sum = 0.0;
    for (std::int64_t n = 0; n < src.shape[0]; ++n) {
        const float* const from = src.floats() + n * src.strides[0] + channel * src.strides[1];
        const float* const by =
            diff_dst.floats() + n * diff_dst.strides[0] + diff_channel * diff_dst.strides[1];
        for (std::int64_t z = depth.begin; z < depth.end; ++z) {
            const std::int64_t slice = axes[0].element(z, tap[0]);
            for (std::int64_t y = height.begin; y < height.end; ++y) {
                const std::int64_t row = axes[1].element(y, tap[1]);
                const float* s =
                    from + slice * src_step[0] + row * src_step[1] + width.element * src_step[2];
                const float* d =
                    by + z * diff_step[0] + y * diff_step[1] + width.begin * diff_step[2];
                for (std::int64_t x = width.begin; x < width.end; ++x) {
                    sum += double{*s} * double{*d};
                    s += src_next;
                    d += diff_step[2];
                }
            }
        }
    }
    return sum;
}

double exact_bias(const WeightsAxes& axes, const TensorView& diff_dst, std::int64_t diff_channel) {
    const auto step = spatial_strides(diff_dst.strides);
    double sum = 0.0;
    for (std::int64_t n = 0; n < diff_dst.shape[0]; ++n) {
        const float* const from =
            diff_dst.floats() + n * diff_dst.strides[0] + diff_channel * diff_dst.strides[1];
        for (std::int64_t z = 0; z < axes[0].outputs; ++z) {
            for (std::int64_t y = 0; y < axes[1].outputs; ++y) {
                const float* const row = from + z * step[0] + y * step[1];
                for (std::int64_t x = 0; x < axes[2].outputs; ++x) sum += double{row[x * step[2]]};
            }
        }
    }
    return sum;
}

}  // namespace dwconv::strategy
