#include "strategy/weights_results.hpp"

#include <cmath>

#include "strategy/weights_exact.hpp"

namespace dwconv::strategy {

namespace {

/// Writes the gradients of channels one by one.
class Writer {
public:
    Writer(const WeightsShape& shape, const std::vector<std::int64_t>& taps,
           const WeightsSource& arrays, const WeightsResults& results)
        : shape_(shape),
          taps_(taps),
          arrays_(arrays),
          results_(results),
          depth_step_(spatial_strides(results.weights.strides)[0]) {
        const auto steps = spatial_strides(results.weights.strides);
        places_.reserve(taps.size());
        for (const std::int64_t tap : taps) {
            places_.push_back(row_of(tap) * steps[1] + column_of(tap) * steps[2]);
        }
    }

    /// From lane 0 of the channel's sums.
    void write(std::int64_t channel, const double* sums) const {
        for (std::int64_t member = 0; member < shape_.problem.multiplier; ++member) {
            for (std::int64_t depth = 0; depth < shape_.axes[0].kernel; ++depth) {
                write_taps(channel, member, depth,
                           sums + shape_.first_vector(member, depth) * shape_.width);
            }
            if (!shape_.problem.bias) continue;
            write_bias(channel, member, sums[shape_.bias_vector(member) * shape_.width]);
        }
    }

private:
    std::int64_t row_of(std::int64_t tap) const { return tap / shape_.axes[2].kernel; }
    std::int64_t column_of(std::int64_t tap) const { return tap % shape_.axes[2].kernel; }
    std::int64_t diff_channel(std::int64_t channel, std::int64_t member) const {
        return channel * shape_.problem.multiplier + member;
    }

    void write_taps(std::int64_t channel, std::int64_t member, std::int64_t depth,
                    const double* sums) const {
        const MutableTensorView& weights = results_.weights;
        float* const to = weights.floats() + channel * weights.strides[0] +
                          member * weights.strides[1] + depth * depth_step_;
        for (std::size_t i = 0; i < places_.size(); ++i) {
            double sum = sums[static_cast<std::int64_t>(i) * shape_.width];
            if (!std::isfinite(sum)) {
                sum = exact_weight(shape_.axes, arrays_.src, channel, arrays_.diff_dst,
                                   diff_channel(channel, member),
                                   {depth, row_of(taps_[i]), column_of(taps_[i])});
            }
            to[places_[i]] = static_cast<float>(sum);
        }
    }

    void write_bias(std::int64_t channel, std::int64_t member, double sum) const {
        const std::int64_t of = diff_channel(channel, member);
        if (!std::isfinite(sum)) sum = exact_bias(shape_.axes, arrays_.diff_dst, of);
        results_.bias.floats()[of * results_.bias.strides[0]] = static_cast<float>(sum);
    }

    const WeightsShape& shape_;
    const std::vector<std::int64_t>& taps_;
    const WeightsSource& arrays_;
    const WeightsResults& results_;
    std::int64_t depth_step_;
    std::vector<std::int64_t> places_;  ///< of each sum in a slice of the weights
};

}  // namespace

void write_weights(const WeightsShape& shape, const std::vector<std::int64_t>& taps,
                   const WeightsSource& arrays, Range units, const double* sums,
                   const WeightsResults& results) {
    const Writer writer(shape, taps, arrays, results);
    for (std::int64_t unit = units.begin; unit < units.end; ++unit) {
        for (std::int64_t lane = shape.channels_before(unit); lane < shape.width; ++lane) {
            writer.write(shape.channel(unit) + lane, sums + lane);
        }
        sums += shape.sums_of_unit();
    }
}

}  // namespace dwconv::strategy
