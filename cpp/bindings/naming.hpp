#pragma once

#include <utility>

#include "dwconv/errors.hpp"

namespace dwconv::bindings {

/// Runs `call`, whose complaints about `argument` are to name it `name`.
template <class Call>
auto naming(const char* argument, const char* name, Call&& call) {
    try {
        return std::forward<Call>(call)();
    } catch (const InvalidArgument& error) {
        Complaint complaint = error.complaint();
        if (complaint.argument == argument) complaint.argument = name;
        throw InvalidArgument(complaint);
    }
}

}  // namespace dwconv::bindings
