#include "array_type.hpp"

#include <atomic>
#include <string>
#include <vector>

#include "dwconv/errors.hpp"

namespace py = pybind11;

namespace dwconv::bindings {

namespace {

using py::detail::npy_api;

constexpr int half_number = 23;  ///< NPY_HALF
constexpr int none = -1;
/// Numbers from here on are those of types that packages add.
constexpr int first_added = 256;

/// The number of the first bfloat16 that was seen. Numbers are given once in a process.
std::atomic<int> bfloat16_number = none;

bool is_bfloat16(const py::dtype& dtype) {
    if (dtype.num() < first_added || dtype.itemsize() != 2) return false;
    if (dtype.num() == bfloat16_number) return true;
    if (std::string(py::str(dtype.attr("name"))) != "bfloat16") return false;
    int expected = none;
    bfloat16_number.compare_exchange_strong(expected, dtype.num());
    return true;
}

/// ml_dtypes is the package from which others that have bfloat16 take it.
int imported_bfloat16() {
    try {
        const py::dtype dtype =
            py::dtype::from_args(py::module_::import("ml_dtypes").attr("bfloat16"));
        bfloat16_number = dtype.num();
        return dtype.num();
    } catch (py::error_already_set& error) {
        if (!error.matches(PyExc_ImportError)) throw;
        throw Unsupported(
            {"out_dtype", "a type that NumPy has", "bfloat16, which needs ml_dtypes"});
    }
}

}  // namespace

std::string TypeSet::text() const {
    std::vector<std::string> names;
    for (const DataType dtype : {DataType::float32, DataType::float16, DataType::bfloat16,
                                 DataType::int8, DataType::uint8, DataType::int32}) {
        if (contains(dtype)) names.emplace_back(to_string(dtype));
    }
    std::string text = names[0];
    for (std::size_t i = 1; i < names.size(); ++i) {
        text += (i + 1 == names.size() ? " or " : ", ") + names[i];
    }
    return text;
}

std::optional<DataType> data_type_of(const py::dtype& dtype) {
    switch (dtype.num()) {
        case npy_api::NPY_FLOAT_:
            return DataType::float32;
        case half_number:
            return DataType::float16;
        case npy_api::NPY_BYTE_:
            return DataType::int8;
        case npy_api::NPY_UBYTE_:
            return DataType::uint8;
        default:
            break;
    }
    // C has two types of that size on some systems, and NumPy a number for each.
    if (dtype.kind() == 'i' && dtype.itemsize() == 4) return DataType::int32;
    if (is_bfloat16(dtype)) return DataType::bfloat16;
    return std::nullopt;
}

int type_number(DataType dtype) {
    switch (dtype) {
        case DataType::float32:
            break;
        case DataType::float16:
            return half_number;
        case DataType::bfloat16: {
            const int known = bfloat16_number;
            return known == none ? imported_bfloat16() : known;
        }
        case DataType::int8:
            return npy_api::NPY_BYTE_;
        case DataType::uint8:
            return npy_api::NPY_UBYTE_;
        case DataType::int32:
            return npy_api::NPY_INT_;
    }
    return npy_api::NPY_FLOAT_;
}

}  // namespace dwconv::bindings
