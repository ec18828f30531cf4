#pragma once

#include <cstddef>

#include "dwconv/cache_info.hpp"
#include "dwconv/export.hpp"

namespace dwconv {

// The process-wide cache of made-ready problems. It holds descriptors and compiled kernels, no
// weights. All functions may be called on any thread at any time.

/// How the cache has been used since the start or the last cache_clear().
DWCONV_EXPORT CacheInfo cache_info();

/// Forgets all entries and statistics. What is in use elsewhere stays alive.
DWCONV_EXPORT void cache_clear();

/// Sets how many entries are kept; the least recently used ones beyond are evicted. 0 switches the
/// cache off.
DWCONV_EXPORT void cache_resize(std::size_t capacity);

}  // namespace dwconv
