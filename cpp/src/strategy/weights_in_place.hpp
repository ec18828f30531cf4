#pragma once

#include <cstdint>
#include <vector>

#include "strategy/weights_sums.hpp"

namespace dwconv::strategy {

/// Sums products of source and gradient as they lie, some rows of outputs at a time.
class WeightsInPlace : public WeightsSums {
public:
    std::int64_t lines() const noexcept override;
    const std::vector<std::int64_t>& taps() const noexcept override { return taps_; }

    void add(const WeightsSource& arrays, Range lines, Range units, double* sums,
             WeightsBuffers& buffers) const override;

protected:
    /// `band`: rows of outputs at a time, at most; `terms`: those of each lane of a sum over a row.
    WeightsInPlace(const WeightsShape& shape, std::int64_t band, std::int64_t terms);

    /// Adds the products of some rows of outputs, of slice z of image n, to the sums of `units`,
    /// vectors in the order of WeightsShape.
    virtual void add_rows(const WeightsSource& arrays, std::int64_t n, std::int64_t z, Range rows,
                          Range units, float* sums) const = 0;

    const WeightsShape& shape_;

private:
    std::vector<std::int64_t> taps_;
    std::int64_t band_;
    std::int64_t terms_;
};

}  // namespace dwconv::strategy
