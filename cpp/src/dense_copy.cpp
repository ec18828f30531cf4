#include "dense_copy.hpp"

#include <cstring>

namespace dwconv {

namespace {

/// Copies the dimensions from `dim` on; returns where the next ones go. `Size`: of an element.
template <std::size_t Size>
char* copy_from(const TensorView& view, std::size_t dim, const char* from, char* to) {
    if (dim == view.shape.size()) {
        std::memcpy(to, from, Size);
        return to + Size;
    }
    const std::int64_t step = view.strides[dim] * static_cast<std::int64_t>(Size);
    for (std::int64_t i = 0; i < view.shape[dim]; ++i, from += step) {
        to = copy_from<Size>(view, dim + 1, from, to);
    }
    return to;
}

}  // namespace

void copy_in_c_order(const TensorView& view, void* to) {
    const std::size_t size = size_of(view.dtype);
    const auto* const from = static_cast<const char*>(view.data);
    auto* const bytes = static_cast<char*>(to);
    if (is_c_order(view)) {
        const auto count = static_cast<std::size_t>(element_count(view.shape));
        if (count != 0) std::memcpy(bytes, from, size * count);
    } else if (size == 1) {
        copy_from<1>(view, 0, from, bytes);
    } else if (size == 2) {
        copy_from<2>(view, 0, from, bytes);
    } else {
        copy_from<4>(view, 0, from, bytes);
    }
}

}  // namespace dwconv
