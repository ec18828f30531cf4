#pragma once

#include <cstdint>

namespace dwconv::strategy {

/// What moving these bytes and computing with so many taps takes, in bytes that are only moved: as
/// long again for each 16 taps.
std::int64_t work_of(std::int64_t bytes, std::int64_t taps);

/// What a tile that oneDNN convolves costs beside that: its way into a kernel, some 2 µs.
inline constexpr std::int64_t cost_of_tile = 20 * 1024;

/// Items of one kind, rows or vectors of channels, that are to be cut into tiles.
struct Items {
    std::int64_t count;   ///< of each image
    std::int64_t images;  ///< a tile has items of one alone
    std::int64_t bytes;   ///< of an item
};

/// The items to a tile, `most` at most, with which the thread that has the most to do is done
/// first.
std::int64_t even_size(const Items& items, std::int64_t most, std::int64_t threads);

}  // namespace dwconv::strategy
