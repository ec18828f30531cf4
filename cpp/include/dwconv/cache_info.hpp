#pragma once

#include <cstddef>
#include <cstdint>

namespace dwconv {

/// What a cache has done since it was made or last cleared, and how full it is.
///
/// Counted as Python's functools.lru_cache counts: joining a build in progress is a hit.
struct CacheInfo {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::uint64_t evictions =
        0;                     ///< entries that had to give way to others or to a smaller capacity
    std::size_t size = 0;      ///< entries held now; those under construction are not among them
    std::size_t capacity = 0;  ///< entries that can be held; 0: nothing is kept
};

}  // namespace dwconv
