#pragma once

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace dwconv::check {

/// Failed checks so far, of all threads.
inline std::atomic<int> failures{0};

/// Reports a failed check; the process will end with exit code 1, whatever main() returns.
inline void fail(const char* expression, const char* file, int line) {
    std::fprintf(stderr, "%s:%d: CHECK(%s) failed\n", file, line, expression);
    if (failures++ != 0) return;
    std::atexit([] {
        std::fflush(nullptr);
        std::_Exit(1);
    });
}

/// Whether `function()` throws an Exception; exceptions of other types pass through.
template <class Exception, class Function>
bool throws(Function&& function) {
    try {
        function();
    } catch (const Exception&) {
        return true;
    }
    return false;
}

}  // namespace dwconv::check

/// Reports `expression` with its place if it is false, and goes on. Unlike assert(), it is there in
/// each build.
#define CHECK(...) \
    ((__VA_ARGS__) ? void() : ::dwconv::check::fail(#__VA_ARGS__, __FILE__, __LINE__))
