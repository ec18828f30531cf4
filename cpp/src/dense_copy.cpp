#include "dense_copy.hpp"

#include <algorithm>

namespace dwconv {

namespace {

/// Copies the dimensions from `dim` on; returns where the next ones go.
float* copy_from(const TensorView& view, std::size_t dim, const float* from, float* to) {
    if (dim == view.shape.size()) {
        *to = *from;
        return to + 1;
    }
    for (std::int64_t i = 0; i < view.shape[dim]; ++i, from += view.strides[dim]) {
        to = copy_from(view, dim + 1, from, to);
    }
    return to;
}

}  // namespace

void copy_in_c_order(const TensorView& view, float* to) {
    if (is_c_order(view)) {
        std::copy_n(view.floats(), element_count(view.shape), to);
    } else {
        copy_from(view, 0, view.floats(), to);
    }
}

}  // namespace dwconv
