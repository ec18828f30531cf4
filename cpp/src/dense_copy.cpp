#include "dense_copy.hpp"

namespace dwconv {

void copy_in_c_order(const TensorView& view, float* to) {
    const std::int64_t count = element_count(view.shape);
    for (std::int64_t i = 0; i < count; ++i) {
        std::int64_t rest = i;
        std::int64_t offset = 0;
        for (std::size_t dim = view.shape.size(); dim-- > 0;) {
            offset += rest % view.shape[dim] * view.strides[dim];
            rest /= view.shape[dim];
        }
        to[i] = view.floats()[offset];
    }
}

}  // namespace dwconv
