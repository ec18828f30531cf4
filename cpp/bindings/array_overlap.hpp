#pragma once

#include <pybind11/numpy.h>

namespace dwconv::bindings {

// The exact answers take exponential time for some arrays. What is not known after much work counts
// as an overlap.

/// True where two elements of an array share a byte.
bool overlaps_itself(const pybind11::array& array);

/// True where two arrays share a byte.
bool share_memory(const pybind11::object& first, const pybind11::object& second);

}  // namespace dwconv::bindings
