#pragma once

#include <pybind11/numpy.h>

#include <cstdint>
#include <vector>

#include "array_type.hpp"
#include "dwconv/layout.hpp"
#include "dwconv/tensor_view.hpp"

namespace dwconv::bindings {

namespace py = pybind11;

/// An array as the library can read it: the caller's own memory, or a copy where that is not
/// aligned, or not native.
struct InputArray {
    py::object array;  ///< the caller's; no py::array, which makes an empty one where there is none
    TensorView view;

    /// @throws InvalidType where `object` is not an array of one of these types
    InputArray(const py::handle& object, const char* argument,
               const TypeSet& types = DataType::float32);
    /// None: an empty view.
    static InputArray or_none(const py::handle& object, const char* argument,
                              const TypeSet& types = DataType::float32);

private:
    InputArray() = default;

    py::object elements_;  ///< whose memory the view shows
};

/// Where a result goes: the caller's `out`, a new array, or a new one that is to be copied into
/// `out` since that is not aligned.
class OutputArray {
public:
    /// @param out       None for a new array
    /// @param shape     in the layout's own order
    /// @param like      the source: a new array has its memory order if that is dense channels-last
    ///                  and not C order too; else it is in C order
    /// @throws InvalidArgument, InvalidType naming `dst`
    OutputArray(py::handle out, const Dims& shape, const Layout& layout, const InputArray& like,
                DataType dtype = DataType::float32);
    /// The same of float32, where a new array is in C order.
    OutputArray(py::handle out, const Dims& shape);

    const MutableTensorView& view() const noexcept { return view_; }
    /// @throws InvalidArgument where the caller's `out` shares memory with `input`
    void require_apart_from(const InputArray& input, const char* argument) const;
    /// Copies what is still to be copied; the array to return.
    py::object finish() const;

private:
    void take(py::array computed, const Dims& shape, DataType dtype);

    py::object out_;
    py::object computed_;
    MutableTensorView view_;
    bool given_ = false;
};

/// What is added to a result, as (n, c, spatial…); an empty view of none.
/// @throws InvalidArgument naming `add` where it is not of the result's shape
TensorView canonical_add(const InputArray& add, const OutputArray& dst, const Layout& layout);

/// The memory order of a result for a source in this one; see OutputArray.
MemoryOrder result_order(const TensorView& src, const Layout& layout);

/// What a plan is made for, without its data: an array of one of these types, or the shape of one
/// of type `dtype` in C order.
/// @throws InvalidType naming `like`
TensorView like_view(py::handle like, const TypeSet& types = DataType::float32,
                     DataType dtype = DataType::float32);

/// `whose` says where the expected shape comes from.
/// @throws InvalidArgument where another shape is given
void require_shape(const char* argument, const Dims& given, const Dims& expected,
                   const char* whose = "");

/// An array's shape, in Python's words.
py::tuple to_tuple(const Dims& dims);

Dims dims_of(const std::vector<std::int64_t>& sizes);

}  // namespace dwconv::bindings
