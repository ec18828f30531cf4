#pragma once

#include <pybind11/numpy.h>

#include <cstddef>

#include "buffer_pool.hpp"
#include "dwconv/inline_vector.hpp"
#include "dwconv/types.hpp"

namespace dwconv::bindings {

/// The memory of large results; see BufferPool. Never destroyed: arrays may outlive the
/// interpreter.
BufferPool& result_pool();

/// A new array, in C order or with these strides (in elements) that make it dense.
///
/// NumPy takes the memory of a large one from result_pool(), and the array gives it back there (NEP
/// 49). Smaller ones, and all where the pool is switched off or the caller has a handler of his
/// own, are NumPy's as ever.
pybind11::array new_result(const Dims& shape, DataType dtype = DataType::float32);
pybind11::array new_result(const Dims& shape, const Dims& strides,
                           DataType dtype = DataType::float32);

}  // namespace dwconv::bindings
