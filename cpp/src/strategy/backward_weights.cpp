#include "strategy/backward_weights.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "parallel.hpp"
#include "strategy/weights_results.hpp"
#include "strategy/weights_shape.hpp"
#include "strategy/weights_sums.hpp"
#include "strategy/weights_tiles.hpp"

namespace dwconv::strategy {

namespace {

/// Outputs and pixels of the source that a part has, at least, and parts at most: so many that
/// threads can share what has few channels, yet few, as their sums are added in the end.
constexpr std::int64_t pixels_of_part = 2048;
constexpr std::int64_t most_parts = 32;
constexpr std::int64_t most_part_sums = 1 << 18;

std::int64_t outputs_of(const WeightsShape& shape) {
    return shape.problem.batch * element_count(shape.problem.output_spatial());
}

std::int64_t pixels_of(const WeightsShape& shape) {
    return outputs_of(shape) + shape.problem.batch * element_count(shape.problem.spatial);
}

std::int64_t parts_of(const WeightsShape& shape, std::int64_t lines) {
    const std::int64_t few = std::min(most_part_sums / (shape.units * shape.sums_of_unit()),
                                      shape.vectors ? most_parts : most_parts / shape.units);
    return std::max<std::int64_t>(std::min({pixels_of(shape) / pixels_of_part, few, lines}), 1);
}

/// Multiply-adds, and what moving the elements is worth of them.
std::int64_t work_of(const WeightsShape& shape) {
    const Problem& problem = shape.problem;
    return problem.flops() / 2 +
           4 * (outputs_of(shape) * problem.out_channels() + element_count(problem.src_shape()));
}

class OwnBackwardWeights final : public BackwardWeights {
public:
    explicit OwnBackwardWeights(const Request& request)
        : threads_(request.threads),
          shape_(request),
          sums_(make_weights_sums(shape_)),
          tiles_({shape_.units, parts_of(shape_, sums_->lines()), work_of(shape_)}, threads_) {}

    StrategyKind kind() const noexcept override { return StrategyKind::planar; }
    std::string implementation() const override {
        const char* const lanes = shape_.roll_planes != nullptr   ? "rolling:"
                                  : shape_.roll_pixels != nullptr ? "rolling:channels:"
                                  : shape_.vectors                ? "channels:"
                                                                  : "";
        return std::string("planar:weights:") + lanes + shape_.kernels.name;
    }

    void run(const TensorView& src, const TensorView& diff_dst,
             const MutableTensorView& diff_weights,
             const MutableTensorView& diff_bias) const override {
        const WeightsSource arrays = {src, diff_dst};
        const WeightsResults results = {diff_weights, diff_bias};
        if (tiles_.parts() == 1) {
            run_at_once(arrays, results);
        } else {
            run_in_parts(arrays, results);
        }
    }

private:
    void run_at_once(const WeightsSource& arrays, const WeightsResults& results) const {
        parallel_for(tiles_.groups(), threads_, [&](TileQueue& queue) {
            std::vector<double> sums;
            while (const auto group = queue.next()) {
                const Range units = {tiles_.begin(*group), tiles_.end(*group)};
                sums.assign(
                    static_cast<std::size_t>((units.end - units.begin) * shape_.sums_of_unit()),
                    0.0);
                sums_->add(arrays, {0, sums_->lines()}, units, sums.data(), buffers());
                write_weights(shape_, sums_->taps(), arrays, units, sums.data(), results);
            }
        });
    }

    void run_in_parts(const WeightsSource& arrays, const WeightsResults& results) const {
        const std::int64_t of_unit = shape_.sums_of_unit();
        const std::int64_t of_part = shape_.units * of_unit;
        std::vector<double> sums(static_cast<std::size_t>(tiles_.parts() * of_part));
        parallel_for(tiles_.count(), threads_, [&](TileQueue& queue) {
            while (const auto tile = queue.next()) {
                const std::int64_t part = tiles_.part(*tile);
                const std::int64_t group = *tile % tiles_.groups();
                const Range units = {tiles_.begin(group), tiles_.end(group)};
                const Range lines = {sums_->lines() * part / tiles_.parts(),
                                     sums_->lines() * (part + 1) / tiles_.parts()};
                sums_->add(arrays, lines, units,
                           sums.data() + part * of_part + units.begin * of_unit, buffers());
            }
        });
        parallel_for(tiles_.groups(), threads_, [&](TileQueue& queue) {
            while (const auto group = queue.next()) {
                const Range units = {tiles_.begin(*group), tiles_.end(*group)};
                double* const first = sums.data() + units.begin * of_unit;
                for (std::int64_t part = 1; part < tiles_.parts(); ++part) {
                    const double* const more = first + part * of_part;
                    const std::int64_t count = (units.end - units.begin) * of_unit;
                    for (std::int64_t i = 0; i < count; ++i) first[i] += more[i];
                }
                write_weights(shape_, sums_->taps(), arrays, units, first, results);
            }
        });
    }

    static WeightsBuffers& buffers() {
        thread_local WeightsBuffers memory;
        return memory;
    }

    int threads_;
    WeightsShape shape_;
    std::unique_ptr<const WeightsSums> sums_;
    WeightsTiles tiles_;
};

}  // namespace

std::unique_ptr<const BackwardWeights> make_backward_weights(const Request& request) {
    return std::make_unique<OwnBackwardWeights>(request);
}

}  // namespace dwconv::strategy
