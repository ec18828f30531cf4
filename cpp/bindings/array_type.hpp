#pragma once

#include <pybind11/numpy.h>

#include <initializer_list>
#include <optional>
#include <string>

#include "dwconv/types.hpp"

namespace dwconv::bindings {

/// The types that an argument's elements may have.
class TypeSet {
public:
    constexpr TypeSet(DataType dtype) noexcept : bits_(bit(dtype)) {}
    constexpr TypeSet(std::initializer_list<DataType> types) noexcept {
        for (const DataType dtype : types) bits_ |= bit(dtype);
    }

    constexpr bool contains(DataType dtype) const noexcept { return (bits_ & bit(dtype)) != 0; }
    /// "float32, float16 or int8"
    std::string text() const;

private:
    static constexpr unsigned bit(DataType dtype) noexcept {
        return 1u << static_cast<unsigned>(dtype);
    }

    unsigned bits_ = 0;
};

/// What a source and weights can have where other types than float32 can be computed with.
inline constexpr TypeSet operand_types = {DataType::float32, DataType::float16, DataType::bfloat16,
                                          DataType::int8, DataType::uint8};
/// What a bias can have with a source of this type: of integers int32, as it is added to exact
/// sums; else float32, or the type of the source.
constexpr TypeSet bias_types(DataType src) noexcept {
    if (is_integer(src)) return DataType::int32;
    return {DataType::float32, src};
}

inline constexpr TypeSet affine_types = {DataType::float32, DataType::float16, DataType::bfloat16};

/// The type of an array's elements, in either byte order; nothing for one that we have no name for.
/// bfloat16 is known by its name, whatever package it comes from.
std::optional<DataType> data_type_of(const pybind11::dtype& dtype);

/// NumPy's number of a type.
/// @throws Unsupported for bfloat16 where no package has it
int type_number(DataType dtype);

}  // namespace dwconv::bindings
