#pragma once

#include <pybind11/pybind11.h>

#include <string>

namespace dwconv::bindings {

/// A name given as a str. What is not ASCII is escaped: no name has such letters, and a lone
/// surrogate has no UTF-8 form in which it could be refused.
inline std::string text_of(const pybind11::str& text) {
    return pybind11::bytes(text.attr("encode")("ascii", "backslashreplace"));
}

}  // namespace dwconv::bindings
