#include "strategy/transposed_taps.hpp"

namespace dwconv::strategy {

TransposedTaps::TransposedTaps(const TransposedRequest& request)
    : members(request.sums() ? request.request.problem.multiplier : 1),
      depths(request.axis(0)),
      rows(request.axis(1)),
      columns(request.axis(2)) {
    for (const auto& depth_phase : depths.phases) {
        for (const auto& row_phase : rows.phases) {
            for (const auto& column_phase : columns.phases) {
                first.push_back(count());
                for (const PhaseTap& depth : depth_phase) {
                    for (std::int64_t member = 0; member < members; ++member) {
                        for (const PhaseTap& row : row_phase) {
                            for (const PhaseTap& column : column_phase) {
                                taps.push_back({member, depth, row, column});
                            }
                        }
                    }
                }
            }
        }
    }
    first.push_back(count());
}

void TransposedTaps::pack(const TensorView& weights, const float* kernel, float* packed) const {
    const Dims& strides = weights.strides;
    for (const TransposedTap& tap : taps) {
        *packed++ = kernel[tap.member * strides[1] + tap.depth.tap * strides[2] +
                           tap.row.tap * strides[3] + tap.column.tap * strides[4]];
    }
}

float TransposedTaps::exact_sum(const TensorView& src, const float* from, const float* packed,
                                const Dims& element) const {
    const auto phase = static_cast<std::size_t>(plane_phase(element[0]) +
                                                element[1] % rows.stride * columns.count() +
                                                element[2] % columns.stride);
    float sum = 0.0f;
    for (std::int64_t t = first[phase]; t < first[phase + 1]; ++t) {
        const TransposedTap& tap = taps[static_cast<std::size_t>(t)];
        const std::int64_t depth = depths.output(element[0], tap.depth);
        const std::int64_t row = rows.output(element[1], tap.row);
        const std::int64_t column = columns.output(element[2], tap.column);
        if (depth < 0 || row < 0 || column < 0) continue;
        sum += packed[t] * from[tap.member * src.strides[1] + depth * src.strides[2] +
                                row * src.strides[3] + column * src.strides[4]];
    }
    return sum;
}

}  // namespace dwconv::strategy
