#pragma once

#include <cstdint>

namespace dwconv::strategy {

/// Planes and rows, ends excluded.
struct PlanePart {
    std::int64_t plane;
    std::int64_t plane_end;
    std::int64_t row;
    std::int64_t row_end;
};

/// Cuts planes into tiles for some threads: many planes to a tile, or bands of rows.
class PlaneTiles {
public:
    struct Sizes {
        std::int64_t planes;
        std::int64_t rows;
        std::int64_t block;      ///< rows of a band are a multiple of it
        std::int64_t most_rows;  ///< of a band
        std::int64_t work;       ///< of all, in multiply-adds
    };
    PlaneTiles(const Sizes& sizes, std::int64_t threads);

    std::int64_t count() const noexcept { return count_; }
    PlanePart part(std::int64_t tile) const noexcept;
    /// Of the largest tile.
    std::int64_t band() const noexcept { return band_; }

private:
    std::int64_t all_planes_;
    std::int64_t rows_;
    std::int64_t planes_ = 1;  ///< of a tile
    std::int64_t band_ = 1;    ///< rows of a tile
    std::int64_t bands_ = 1;   ///< of a plane
    std::int64_t count_ = 0;
};

}  // namespace dwconv::strategy
