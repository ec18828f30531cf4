#include "plan/kept_array.hpp"

#include <cstddef>

#include "dense_copy.hpp"

namespace dwconv {

namespace {

/// The size of an array in floats, rounded up.
std::size_t floats_for(const TensorView& view) {
    if (view.data == nullptr) return 0;
    const std::size_t bytes =
        static_cast<std::size_t>(element_count(view.shape)) * size_of(view.dtype);
    return (bytes + sizeof(float) - 1) / sizeof(float);
}

}  // namespace

KeptArray::KeptArray(const TensorView& view) : memory_(floats_for(view)) {
    if (view.data == nullptr) return;
    copy_in_c_order(view, memory_.data());
    view_ = {memory_.data(), view.dtype, view.shape, c_order_strides(view.shape)};
}

}  // namespace dwconv
