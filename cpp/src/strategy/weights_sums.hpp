#pragma once

#include <cstdint>
#include <vector>

#include "dwconv/tensor_view.hpp"
#include "strategy/column_cuts.hpp"
#include "strategy/weights_band.hpp"
#include "strategy/weights_shape.hpp"

namespace dwconv::strategy {

/// What begins and ends somewhere.
struct WeightsRange {
    std::int64_t begin;
    std::int64_t end;
};

/// What the gradient by weights is computed of.
struct WeightsSource {
    const TensorView& src;
    const TensorView& diff_dst;
};

/// Sums products over rows of outputs, which are counted through all pieces of columns, images and
/// slices.
class WeightsSums {
public:
    explicit WeightsSums(const WeightsShape& shape);

    /// Rows of outputs.
    std::int64_t lines() const noexcept;
    /// The tap of a slice of the kernel that each sum belongs to.
    const std::vector<std::int64_t>& taps() const noexcept { return bands_[0].blocks().taps(); }

    /// Adds the products of `lines` to the sums of `units`; see WeightsShape on their order.
    void add(const WeightsSource& arrays, WeightsRange lines, WeightsRange units, double* sums,
             WeightsBuffers& buffers) const;

private:
    class Task;

    std::int64_t lines_at_a_time() const noexcept;

    const WeightsShape& shape_;
    ColumnCuts cuts_;
    std::vector<WeightsBands> bands_;  ///< by the axes of the cuts
};

}  // namespace dwconv::strategy
