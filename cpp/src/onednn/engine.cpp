#include "onednn/engine.hpp"

#include "fork.hpp"
#include "onednn/errors.hpp"

namespace dwconv::onednn {

namespace {

std::shared_mutex& creation_mutex() {
    // Never destroyed: a thread may still be creating when the process ends.
    static auto* const mutex = new std::shared_mutex;
    return *mutex;
}

/// True once the functions around fork() are set; when the library is loaded, as a fork in the
/// midst of the first call would leave the child a mutex that nobody finishes.
const bool fork_is_safe = [] {
    on_fork([] { creation_mutex().lock(); }, [] { creation_mutex().unlock(); },
            [] { new (&creation_mutex()) std::shared_mutex; });
    return true;
}();

}  // namespace

const dnnl::engine& cpu_engine() {
    static const dnnl::engine engine =
        translated("start its CPU engine", [] { return dnnl::engine(dnnl::engine::kind::cpu, 0); });
    return engine;
}

std::shared_lock<std::shared_mutex> creation_guard() {
    return std::shared_lock<std::shared_mutex>(creation_mutex());
}

}  // namespace dwconv::onednn
