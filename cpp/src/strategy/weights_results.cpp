#include "strategy/weights_results.hpp"

#include <cmath>

#include "strategy/weights_exact.hpp"

namespace dwconv::strategy {

namespace {

/// One channel of a unit and one member of the multiplier.
struct Writer {
    const WeightsShape& shape;
    const WeightsSource& arrays;
    const WeightsResults& results;
    std::int64_t channel;
    std::int64_t member;

    std::int64_t diff_channel() const noexcept {
        return channel * shape.problem.multiplier + member;
    }

    void write_taps(const std::vector<std::int64_t>& taps, std::int64_t depth,
                    const double* sums) const {
        const MutableTensorView& weights = results.weights;
        const auto steps = spatial_strides(weights.strides);
        float* const to = weights.floats() + channel * weights.strides[0] +
                          member * weights.strides[1] + depth * steps[0];
        for (const std::int64_t tap : taps) {
            const std::int64_t row = tap / shape.axes[2].kernel;
            const std::int64_t column = tap % shape.axes[2].kernel;
            double sum = *sums;
            if (!std::isfinite(sum)) {
                sum = exact_weight(shape.axes, arrays.src, channel, arrays.diff_dst, diff_channel(),
                                   {depth, row, column});
            }
            to[row * steps[1] + column * steps[2]] = static_cast<float>(sum);
            sums += shape.width;
        }
    }

    void write_bias(double sum) const {
        if (!std::isfinite(sum)) sum = exact_bias(shape.axes, arrays.diff_dst, diff_channel());
        results.bias.floats()[diff_channel() * results.bias.strides[0]] = static_cast<float>(sum);
    }
};

}  // namespace

void write_weights(const WeightsShape& shape, const std::vector<std::int64_t>& taps,
                   const WeightsSource& arrays, std::int64_t unit, const double* sums,
                   const WeightsResults& results) {
    for (std::int64_t lane = shape.channels_before(unit); lane < shape.width; ++lane) {
        for (std::int64_t member = 0; member < shape.problem.multiplier; ++member) {
            const Writer writer = {shape, arrays, results, shape.channel(unit) + lane, member};
            for (std::int64_t depth = 0; depth < shape.axes[0].kernel; ++depth) {
                writer.write_taps(taps, depth,
                                  sums + shape.first_vector(member, depth) * shape.width + lane);
            }
            if (!shape.problem.bias) continue;
            writer.write_bias(sums[shape.bias_vector(member) * shape.width + lane]);
        }
    }
}

}  // namespace dwconv::strategy
