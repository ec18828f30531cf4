#include "strategy/weights_sums.hpp"

namespace dwconv::strategy {

PlaneRows plane_of(const TensorView& view, std::int64_t n, std::int64_t channel, std::int64_t slice,
                   std::int64_t column, std::int64_t channel_step) {
    const auto steps = spatial_strides(view.strides);
    return {view.floats() + n * view.strides[0] + channel * view.strides[1] + slice * steps[0] +
                column * steps[2],
            steps[1], steps[2], channel_step * view.strides[1]};
}

void settle(const WeightsShape& shape, float* partial, double* sums, std::int64_t vectors) {
    if (shape.vectors) {
        shape.kernels.add_lanes(partial, sums, vectors);
    } else {
        shape.kernels.add_all_lanes(partial, sums, vectors);
    }
}

std::unique_ptr<const WeightsSums> make_weights_sums(const WeightsShape& shape) {
    if (shape.roll_planes != nullptr) return make_plane_sums(shape);
    if (shape.roll_pixels != nullptr) return make_pixel_sums(shape);
    return make_gathered_sums(shape);
}

}  // namespace dwconv::strategy
