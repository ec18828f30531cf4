#pragma once

#include <pybind11/pybind11.h>

#include <cstddef>

#include "buffer_pool.hpp"

namespace dwconv::bindings {

/// The memory of large results; see BufferPool. Never destroyed: arrays may outlive the
/// interpreter.
BufferPool& result_pool();

/// While it lives, NumPy takes the memory of a large array on this thread from result_pool(), and
/// the array gives it back there (NEP 49). Smaller ones, and all where the pool is switched off or
/// the caller has a handler of his own, are NumPy's as ever.
///
/// The GIL is held while it lives.
class ResultMemory {
public:
    /// @param bytes  of the array to come
    explicit ResultMemory(std::size_t bytes);
    ResultMemory(const ResultMemory&) = delete;
    ResultMemory& operator=(const ResultMemory&) = delete;
    ~ResultMemory();

private:
    pybind11::object previous_;  ///< the handler to put back; none where it was left alone
};

}  // namespace dwconv::bindings
