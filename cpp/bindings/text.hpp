#pragma once

#include <pybind11/pybind11.h>

#include <string>

namespace dwconv::bindings {

/// A name given as a str, fit to be shown where it is refused. What cannot be printed, or is not
/// ASCII, is escaped: no name has such letters, and a lone surrogate has no UTF-8 form. Of one
/// longer than any name the beginning stands for all.
std::string text_of(const pybind11::str& text);

}  // namespace dwconv::bindings
