#pragma once

#include <xmmintrin.h>

#include <cstdint>

namespace dwconv::simd {

/// Whether a destination of so many floats is larger than the caches: none is taken to hold 32 MiB
/// beside the source. Written past them, its memory is not read first. (What the system says of
/// their size is wrong in virtual machines, by a factor of 8 in one.)
constexpr bool is_beyond_caches(std::int64_t floats) { return floats >= 8 * 1024 * 1024; }

/// Streamed stores are in no order with those by which other threads see that this is done: to be
/// called in between.
inline void finish_streaming() { _mm_sfence(); }

}  // namespace dwconv::simd
