#pragma once

#include <dnnl.hpp>
#include <shared_mutex>

namespace dwconv::onednn {

/// The processor, as oneDNN's engine; made at the first call.
const dnnl::engine& cpu_engine();

/// Held while oneDNN creates anything: its own locks must not be held by another thread at the
/// moment of a fork(), or the child would wait for them for ever.
std::shared_lock<std::shared_mutex> creation_guard();

}  // namespace dwconv::onednn
