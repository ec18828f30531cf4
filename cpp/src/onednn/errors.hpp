#pragma once

#include <dnnl.hpp>

#include "dwconv/errors.hpp"

namespace dwconv::onednn {

/// Calls `call`, turning oneDNN's exception into ours; the only place that does.
template <class Call>
auto translated(const char* what, Call&& call) {
    try {
        return call();
    } catch (const dnnl::error& error) {
        throw BackendError(std::string("oneDNN could not ") + what + ": " + error.message,
                           static_cast<int>(error.status));
    }
}

}  // namespace dwconv::onednn
