#pragma once

#include <cstdint>

namespace dwconv {

/// A run of indices, the end excluded.
struct Range {
    std::int64_t begin;
    std::int64_t end;
    std::int64_t size() const noexcept { return end - begin; }
};

}  // namespace dwconv
