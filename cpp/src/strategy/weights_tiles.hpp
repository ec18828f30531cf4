#pragma once

#include <cstdint>

namespace dwconv::strategy {

/// Cuts the work into tiles: `parts` of the outputs, whose sums are added in the end, and groups of
/// channels, or of vectors of them.
///
/// The parts depend on the problem alone, as results must not depend on the number of threads.
class WeightsTiles {
public:
    struct Sizes {
        std::int64_t units;  ///< channels, or vectors of them
        std::int64_t parts;
        std::int64_t work;  ///< of all, in multiply-adds
    };
    WeightsTiles(const Sizes& sizes, std::int64_t threads);

    std::int64_t count() const noexcept { return groups_ * sizes_.parts; }
    std::int64_t groups() const noexcept { return groups_; }
    std::int64_t parts() const noexcept { return sizes_.parts; }
    std::int64_t part(std::int64_t tile) const noexcept { return tile / groups_; }
    /// Units of a group, the end excluded.
    std::int64_t begin(std::int64_t group) const noexcept { return sizes_.units * group / groups_; }
    std::int64_t end(std::int64_t group) const noexcept { return begin(group + 1); }

private:
    Sizes sizes_;
    std::int64_t groups_;
};

}  // namespace dwconv::strategy
