#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "dwconv/tensor_view.hpp"
#include "range.hpp"
#include "strategy/weights_band.hpp"
#include "strategy/weights_shape.hpp"

namespace dwconv::strategy {

/// What the gradient by weights is computed of.
struct WeightsSource {
    const TensorView& src;
    const TensorView& diff_dst;
};

/// A plane of an array, or one of each vector of channels.
PlaneRows plane_of(const TensorView& view, std::int64_t n, std::int64_t channel, std::int64_t slice,
                   std::int64_t column, std::int64_t channel_step);

/// Terms of a lane that are summed in float, in sums of parts of them.
inline constexpr std::int64_t most_float_terms = 2048;

/// Adds vectors of sums to those in double precision, and sets them to 0.
void settle(const WeightsShape& shape, float* partial, double* sums, std::int64_t vectors);

/// Sums products over rows of outputs, which are counted through all images and slices. Immutable.
class WeightsSums {
public:
    virtual ~WeightsSums() = default;

    /// Rows of outputs.
    virtual std::int64_t lines() const noexcept = 0;
    /// The tap of a slice of the kernel that each sum belongs to.
    virtual const std::vector<std::int64_t>& taps() const noexcept = 0;

    /// Adds the products of `lines` to the sums of `units`; see WeightsShape on their order.
    virtual void add(const WeightsSource& arrays, Range lines, Range units, double* sums,
                     WeightsBuffers& buffers) const = 0;
};

/// Of rows that are copied, in the order that is best for the lanes.
std::unique_ptr<const WeightsSums> make_gathered_sums(const WeightsShape& shape);
/// Of planes as they lie.
std::unique_ptr<const WeightsSums> make_plane_sums(const WeightsShape& shape);
/// Of vectors of channels as they lie.
std::unique_ptr<const WeightsSums> make_pixel_sums(const WeightsShape& shape);
/// Whichever is best.
std::unique_ptr<const WeightsSums> make_weights_sums(const WeightsShape& shape);

}  // namespace dwconv::strategy
