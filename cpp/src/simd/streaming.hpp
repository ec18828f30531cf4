#pragma once

#include <xmmintrin.h>

#include <cstdint>

#include "dwconv/tensor_view.hpp"

namespace dwconv::simd {

/// Whether a destination of this shape is larger than the caches: none is taken to hold 32 MiB
/// beside the source. Written past them, its memory is not read first. (What the system says of
/// their size is wrong in virtual machines, by a factor of 8 in one.)
inline bool is_beyond_caches(const Dims& dst, DataType dtype = DataType::float32) {
    constexpr std::int64_t largest = 32 * 1024 * 1024;
    return element_count(dst) * static_cast<std::int64_t>(size_of(dtype)) >= largest;
}

/// Streamed stores are in no order with those by which other threads see that this is done: to be
/// called in between.
inline void finish_streaming() { _mm_sfence(); }

}  // namespace dwconv::simd
