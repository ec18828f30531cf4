#include "dwconv/tensor_view.hpp"

namespace dwconv {

namespace {

/// True where walking the dimensions in `order` (slowest first) is walking dense memory.
bool is_dense(const TensorView& view, const Dims& order) noexcept {
    std::int64_t expected = 1;
    for (std::size_t i = order.size(); i-- > 0;) {
        const auto dim = static_cast<std::size_t>(order[i]);
        if (view.shape[dim] != 1 && view.strides[dim] != expected) return false;
        expected *= view.shape[dim];
    }
    return true;
}

}  // namespace

TensorView::TensorView(const void* first, DataType type, const Dims& sizes,
                       const Dims& steps) noexcept
    : data(first), dtype(type), shape(sizes), strides(steps) {}

TensorView::TensorView(const float* first, const Dims& sizes) noexcept
    : TensorView(first, DataType::float32, sizes, c_order_strides(sizes)) {}

MutableTensorView::MutableTensorView(void* first, DataType type, const Dims& sizes,
                                     const Dims& steps) noexcept
    : data(first), dtype(type), shape(sizes), strides(steps) {}

MutableTensorView::MutableTensorView(float* first, const Dims& sizes) noexcept
    : MutableTensorView(first, DataType::float32, sizes, c_order_strides(sizes)) {}

Dims c_order_strides(const Dims& shape) noexcept {
    Dims strides = shape;
    std::int64_t stride = 1;
    for (std::size_t i = shape.size(); i-- > 0;) {
        strides[i] = stride;
        stride *= shape[i];
    }
    return strides;
}

Dims channels_last_strides(const Dims& shape) noexcept {
    Dims strides(shape.size(), 1);
    std::int64_t stride = shape[1];
    for (std::size_t i = shape.size(); i-- > 2;) {
        strides[i] = stride;
        stride *= shape[i];
    }
    strides[0] = stride;
    return strides;
}

std::int64_t element_count(const Dims& shape) noexcept {
    std::int64_t count = 1;
    for (const std::int64_t size : shape) count *= size;
    return count;
}

bool is_channels_last(const TensorView& view) noexcept {
    Dims order = {0};
    for (std::size_t i = 2; i < view.shape.size(); ++i) {
        order.push_back(static_cast<std::int64_t>(i));
    }
    order.push_back(1);
    return is_dense(view, order);
}

bool is_c_order(const TensorView& view) noexcept {
    Dims order;
    for (std::size_t i = 0; i < view.shape.size(); ++i) {
        order.push_back(static_cast<std::int64_t>(i));
    }
    return is_dense(view, order);
}

MemoryOrder memory_order(const TensorView& view) noexcept {
    if (is_channels_last(view)) return MemoryOrder::channels_last;
    return is_c_order(view) ? MemoryOrder::channels_first : MemoryOrder::strided;
}

}  // namespace dwconv
