#pragma once

#include <cstdint>
#include <vector>

#include "dwconv/tensor_view.hpp"
#include "simd/convert.hpp"

namespace dwconv::strategy {

/// Copies between arrays of one type with any strides and dense memory of float32, whose dimensions
/// are in the order of the array's view.
class BoxConversion {
public:
    explicit BoxConversion(DataType dtype);

    /// `to` gets all elements of `from`.
    void widen(const TensorView& from, float* to) const;
    /// The inverse; rounded as Conversions::narrow. `past_caches`: finish_streaming() comes after.
    void narrow(const float* from, const MutableTensorView& to, bool past_caches) const;

private:
    simd::Conversions conversions_;
};

/// A copy in C order, as float32; of a view without data nothing.
std::vector<float> as_floats(const TensorView& view);

/// A view in another order of its dimensions: (n, c, spatial…) with the channels last.
TensorView with_channels_last(const TensorView& view);
MutableTensorView with_channels_last(const MutableTensorView& view);

/// The part of a view with the indices from `begin` on along a dimension.
TensorView part_of(const TensorView& view, std::size_t dim, std::int64_t begin, std::int64_t size);
MutableTensorView part_of(const MutableTensorView& view, std::size_t dim, std::int64_t begin,
                          std::int64_t size);

}  // namespace dwconv::strategy
