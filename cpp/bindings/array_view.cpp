#include "array_view.hpp"

#include <pybind11/stl.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "array_overlap.hpp"
#include "call_numpy.hpp"
#include "dwconv/errors.hpp"
#include "gil.hpp"
#include "result_memory.hpp"

namespace dwconv::bindings {

namespace {

std::string type_name(const py::handle& object) {
    return py::str(py::type::handle_of(object).attr("__name__"));
}

/// '|' is the order of single bytes.
bool is_native(const py::dtype& dtype) {
    return dtype.byteorder() == '=' || dtype.byteorder() == '|';
}

[[noreturn]] void refuse_type(const py::array& array, const char* argument, const TypeSet& types) {
    std::string given = py::str(array.dtype());
    // A result would be cast into a copy, so that is no advice for one.
    if (given == "float64" && types.contains(DataType::float32) &&
        argument != std::string_view("dst")) {
        given += " (cast it: array.astype(numpy.float32))";
    }
    throw InvalidType({argument, "an array of " + types.text(), given});
}

DataType required_type(const py::array& array, const char* argument, const TypeSet& types) {
    const auto type = data_type_of(array.dtype());
    if (!type || !types.contains(*type)) refuse_type(array, argument, types);
    return *type;
}

/// True where the library can read the elements where they are.
bool is_readable(const py::array& array) {
    if (!is_native(array.dtype())) return false;
    const py::ssize_t item_size = array.itemsize();
    if (reinterpret_cast<std::uintptr_t>(array.data()) % static_cast<std::size_t>(item_size) != 0) {
        return false;
    }
    return std::all_of(array.strides(), array.strides() + array.ndim(),
                       [&](py::ssize_t stride) { return stride % item_size == 0; });
}

Dims shape_of(const py::array& array, const char* argument) {
    if (array.ndim() > static_cast<py::ssize_t>(max_rank)) {
        throw InvalidArgument({argument, "at most " + std::to_string(max_rank) + " dimensions",
                               std::to_string(array.ndim())});
    }
    Dims shape;
    std::for_each_n(array.shape(), array.ndim(), [&](py::ssize_t size) { shape.push_back(size); });
    return shape;
}

Dims strides_of(const py::array& array) {
    Dims strides;
    std::for_each_n(array.strides(), array.ndim(),
                    [&](py::ssize_t stride) { strides.push_back(stride / array.itemsize()); });
    return strides;
}

/// An array of the same type, native and aligned, in the same memory order.
py::array readable_copy(const py::array& array) {
    const py::object native = array.dtype().attr("newbyteorder")("=");
    return call_numpy("array", array, native);
}

py::array new_array(const Dims& shape, const Layout& layout, MemoryOrder order, DataType dtype) {
    if (order != MemoryOrder::channels_last) return new_result(shape, dtype);
    // Dense channels-last memory, seen through the layout's order of dimensions.
    const Dims canonical = layout.canonical(TensorView(nullptr, shape), "dst").shape;
    return new_result(shape, layout.from_canonical(channels_last_strides(canonical)), dtype);
}

MutableTensorView mutable_view(py::array& array, DataType dtype) {
    MutableTensorView view;
    view.data = array.mutable_data();
    view.dtype = dtype;
    view.shape = shape_of(array, "dst");
    view.strides = strides_of(array);
    return view;
}

/// The caller's `out`, fit to be written.
py::array checked_out(py::handle out, const Dims& shape, DataType dtype) {
    if (!py::isinstance<py::array>(out)) {
        throw InvalidType({"dst", "None or a numpy.ndarray", type_name(out)});
    }
    auto array = py::reinterpret_borrow<py::array>(out);
    required_type(array, "dst", dtype);
    require_shape("dst", shape_of(array, "dst"), shape);
    if (!is_native(array.dtype())) {
        throw InvalidArgument({"dst", "native byte order", std::string(py::str(array.dtype()))});
    }
    if (!array.writeable()) throw InvalidArgument({"dst", "a writable array", "a read-only one"});
    if ((array.flags() & py::array::c_style) != 0) return array;
    if (overlaps_itself(array)) {
        throw InvalidArgument({"dst", "an array whose elements do not overlap",
                               "strides " + to_string(strides_of(array)) + " in elements"});
    }
    return array;
}

}  // namespace

InputArray::InputArray(const py::handle& object, const char* argument, const TypeSet& types) {
    if (!py::isinstance<py::array>(object)) {
        throw InvalidType({argument, "a numpy.ndarray", type_name(object)});
    }
    auto elements = py::reinterpret_borrow<py::array>(object);
    view.dtype = required_type(elements, argument, types);
    array = elements;
    if (!is_readable(elements)) elements = readable_copy(elements);
    view.data = elements.data();
    view.shape = shape_of(elements, argument);
    view.strides = strides_of(elements);
    elements_ = std::move(elements);
}

InputArray InputArray::or_none(const py::handle& object, const char* argument,
                               const TypeSet& types) {
    return object.is_none() ? InputArray() : InputArray(object, argument, types);
}

OutputArray::OutputArray(py::handle out, const Dims& shape, const Layout& layout,
                         const InputArray& like, DataType dtype)
    : given_(!out.is_none()) {
    take(given_ ? checked_out(out, shape, dtype)
                : new_array(shape, layout, result_order(like.view, layout), dtype),
         shape, dtype);
}

OutputArray::OutputArray(py::handle out, const Dims& shape) : given_(!out.is_none()) {
    constexpr DataType dtype = DataType::float32;
    take(given_ ? checked_out(out, shape, dtype) : new_result(shape, dtype), shape, dtype);
}

void OutputArray::take(py::array computed, const Dims& shape, DataType dtype) {
    out_ = computed;
    if (!is_readable(computed)) computed = new_result(shape, dtype);
    view_ = mutable_view(computed, dtype);
    computed_ = std::move(computed);
}

void OutputArray::require_apart_from(const InputArray& input, const char* argument) const {
    if (!given_ || input.view.data == nullptr || !share_memory(out_, input.array)) return;
    throw InvalidArgument({"dst", std::string("memory apart from that of `") + argument + "`",
                           "arrays that overlap"});
}

py::object OutputArray::finish() const {
    if (out_.is(computed_)) return out_;
    const int status =
        parked_at_end([&] { return PyObject_SetItem(out_.ptr(), Py_Ellipsis, computed_.ptr()); });
    if (status != 0) throw py::error_already_set();
    return out_;
}

TensorView canonical_add(const InputArray& add, const OutputArray& dst, const Layout& layout) {
    if (add.array.ptr() == nullptr) return {};
    require_shape("add", add.view.shape, dst.view().shape, ", that of the result");
    return layout.canonical(add.view, "add");
}

MemoryOrder result_order(const TensorView& src, const Layout& layout) {
    const bool channels_last = is_channels_last(layout.canonical(src, "src"));
    return channels_last && !is_c_order(src) ? MemoryOrder::channels_last
                                             : MemoryOrder::channels_first;
}

TensorView like_view(py::handle like, const TypeSet& types, DataType dtype) {
    if (py::isinstance<py::array>(like)) {
        TensorView view = InputArray(like, "like", types).view;
        view.data = nullptr;
        return view;
    }
    const Dims shape = dims_of(like.cast<std::vector<std::int64_t>>());
    return {nullptr, dtype, shape, c_order_strides(shape)};
}

void require_shape(const char* argument, const Dims& given, const Dims& expected,
                   const char* whose) {
    if (given == expected) return;
    throw InvalidArgument({argument, "shape " + to_string(expected) + whose, to_string(given)});
}

py::tuple to_tuple(const Dims& dims) {
    py::tuple tuple(dims.size());
    for (std::size_t i = 0; i < dims.size(); ++i) tuple[i] = dims[i];
    return tuple;
}

Dims dims_of(const std::vector<std::int64_t>& sizes) {
    Dims dims;
    for (const std::int64_t size : sizes) dims.push_back(size);
    return dims;
}

}  // namespace dwconv::bindings
