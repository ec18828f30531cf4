#pragma once

#include "dwconv/tensor_view.hpp"

namespace dwconv {

/// Of a dense array of a shape (n, c, spatial…) with the channels fastest, or in C order.
inline Dims dense_strides(MemoryOrder order, const Dims& shape) noexcept {
    return order == MemoryOrder::channels_last ? channels_last_strides(shape)
                                               : c_order_strides(shape);
}

}  // namespace dwconv
