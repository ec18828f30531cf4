#pragma once

#include <cstdint>

#include "dwconv/export.hpp"
#include "dwconv/inline_vector.hpp"
#include "dwconv/types.hpp"

namespace dwconv {

/// Somebody else's array, to be read: where it is and how its elements lie. Owns nothing.
///
/// Strides count elements; they may be zero or negative. `data` points at element (0, 0, …).
struct TensorView {
    const void* data = nullptr;
    DataType dtype = DataType::float32;
    Dims shape;
    Dims strides;

    TensorView() = default;
    DWCONV_EXPORT TensorView(const void* first, DataType type, const Dims& sizes,
                             const Dims& steps) noexcept;
    /// A dense array in C order, the last dimension fastest.
    DWCONV_EXPORT TensorView(const float* first, const Dims& sizes) noexcept;

    const float* floats() const noexcept { return static_cast<const float*>(data); }
};

/// Somebody else's array, to be written: see TensorView.
struct MutableTensorView {
    void* data = nullptr;
    DataType dtype = DataType::float32;
    Dims shape;
    Dims strides;

    MutableTensorView() = default;
    DWCONV_EXPORT MutableTensorView(void* first, DataType type, const Dims& sizes,
                                    const Dims& steps) noexcept;
    /// A dense array in C order, the last dimension fastest.
    DWCONV_EXPORT MutableTensorView(float* first, const Dims& sizes) noexcept;

    float* floats() const noexcept { return static_cast<float*>(data); }
    operator TensorView() const noexcept { return {data, dtype, shape, strides}; }
};

/// Strides of a dense array in C order, in elements.
DWCONV_EXPORT Dims c_order_strides(const Dims& shape) noexcept;

/// The same with the channels fastest. Dimensions are (n, c, spatial…).
DWCONV_EXPORT Dims channels_last_strides(const Dims& shape) noexcept;

/// Number of elements of an array of this shape.
DWCONV_EXPORT std::int64_t element_count(const Dims& shape) noexcept;

/// True where the view is dense with the channels fastest. Dimensions are (n, c, spatial…);
/// the stride of a dimension of size 1 does not matter.
DWCONV_EXPORT bool is_channels_last(const TensorView& view) noexcept;

/// True where the view is dense in C order. The stride of a dimension of size 1 does not matter.
DWCONV_EXPORT bool is_c_order(const TensorView& view) noexcept;

/// The memory order of a view whose dimensions are (n, c, spatial…); channels_last where both
/// dense orders describe it.
DWCONV_EXPORT MemoryOrder memory_order(const TensorView& view) noexcept;

}  // namespace dwconv
