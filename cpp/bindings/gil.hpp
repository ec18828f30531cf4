#pragma once

#include <Python.h>
#include <cxxabi.h>

#include <utility>

namespace dwconv::bindings {

// A daemon thread may want the interpreter's lock back when the interpreter has ended already. Up
// to Python 3.13 that ends the thread: the stack is unwound from inside Python, through functions
// that let no exception out, which ends the process, and past references that are given up without
// the lock. From 3.14 on such a thread sleeps until the process is gone. So it does here with all.

/// Sleeps until the process is gone.
[[noreturn]] void park_thread() noexcept;

/// What `call` returns, which may wait for the interpreter's lock. No references are to be made or
/// given up in it, since none may be passed by when the thread is ended.
template <class Call>
auto parked_at_end(Call&& call) {
    try {
        return std::forward<Call>(call)();
    } catch (const abi::__forced_unwind&) {
        park_thread();
    }
}

/// The interpreter's lock is given up for as long as this is there.
class GilReleased {
public:
    GilReleased() noexcept : state_(PyEval_SaveThread()) {}
    GilReleased(const GilReleased&) = delete;
    GilReleased& operator=(const GilReleased&) = delete;
    ~GilReleased() {
        parked_at_end([this] { PyEval_RestoreThread(state_); });
    }

private:
    PyThreadState* state_;
};

}  // namespace dwconv::bindings
