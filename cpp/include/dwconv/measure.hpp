#pragma once

#include <cstddef>
#include <vector>

#include "dwconv/export.hpp"

/// What this machine can do at most, for benchmarks: measured with the threads and the instruction
/// set that the library uses.
namespace dwconv::measure {

enum class CopyMethod {
    memcpy,  ///< the C library's
    loop,    ///< vectors loaded and stored one after another
};

/// A copy as a convolution would make it that had nothing to compute: reads `src_bytes`, writes
/// `dst_bytes`.
struct Copy {
    std::size_t src_bytes = 0;
    std::size_t dst_bytes = 0;
    CopyMethod method = CopyMethod::memcpy;
    int threads = 1;
};

/// Repeats a copy between buffers of its own for about `seconds`, once at least. Both sizes are
/// rounded down to whole floats.
///
/// @return the time of a copy in each sample, in seconds; a sample has as many copies as the clock
///         needs
/// @throws InvalidArgument where `seconds` is negative or `threads` is less than 1
DWCONV_EXPORT std::vector<double> copy_seconds(const Copy& copy, double seconds);

/// Repeats multiply-adds in registers, on all threads, for about `seconds`, once at least.
///
/// @return operations a second in each sample; a multiply-add counts as two
/// @throws InvalidArgument where `seconds` is negative or `threads` is less than 1
DWCONV_EXPORT std::vector<double> multiply_add_rates(int threads, double seconds);

}  // namespace dwconv::measure
