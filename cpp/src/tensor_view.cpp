#include "dwconv/tensor_view.hpp"

namespace dwconv {

namespace {

/// Walks through the dimensions of a view from the fastest on, for as long as its memory is dense.
class DenseWalk {
public:
    explicit DenseWalk(const TensorView& view) noexcept : view_(view) {}

    /// False where the elements of this dimension are not next to one another.
    bool pass(std::size_t dim) noexcept {
        if (view_.shape[dim] != 1 && view_.strides[dim] != expected_) return false;
        expected_ *= view_.shape[dim];
        return true;
    }

private:
    const TensorView& view_;
    std::int64_t expected_ = 1;
};

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
    DenseWalk walk(view);
    if (!walk.pass(1)) return false;
    for (std::size_t dim = view.shape.size(); dim-- > 2;) {
        if (!walk.pass(dim)) return false;
    }
    return walk.pass(0);
}

bool is_c_order(const TensorView& view) noexcept {
    DenseWalk walk(view);
    for (std::size_t dim = view.shape.size(); dim-- > 0;) {
        if (!walk.pass(dim)) return false;
    }
    return true;
}

MemoryOrder memory_order(const TensorView& view) noexcept {
    if (is_channels_last(view)) return MemoryOrder::channels_last;
    return is_c_order(view) ? MemoryOrder::channels_first : MemoryOrder::strided;
}

}  // namespace dwconv
