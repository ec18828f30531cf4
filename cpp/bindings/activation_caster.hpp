#pragma once

#include <pybind11/pybind11.h>

#include "dwconv/activation.hpp"
#include "fast_call.hpp"

/// For an object whose `__init__` was not called pybind11 hands out memory that nothing was written
/// to. All files that take or return an Activation must see this.
template <>
struct pybind11::detail::type_caster<dwconv::Activation> : type_caster_base<dwconv::Activation> {
    bool load(handle source, bool convert) {
        if (isinstance<dwconv::Activation>(source)) {
            dwconv::bindings::detail::instance<dwconv::Activation>(source.ptr());
        }
        return type_caster_base<dwconv::Activation>::load(source, convert);
    }
};
