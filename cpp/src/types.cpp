#include "dwconv/types.hpp"

#include <array>
#include <string>

#include "dwconv/errors.hpp"

namespace dwconv {

namespace {

constexpr std::array<std::string_view, 7> strategy_names = {
    "automatic", "direct", "tiled", "planar", "reordered", "fused", "unfused"};
constexpr std::array<std::string_view, 3> order_names = {"channels_first", "channels_last",
                                                         "strided"};

}  // namespace

std::size_t size_of(DataType) noexcept { return sizeof(float); }

std::string_view to_string(DataType) noexcept { return "float32"; }

std::string_view to_string(StrategyKind strategy) noexcept {
    return strategy_names[static_cast<std::size_t>(strategy)];
}

std::string_view to_string(MemoryOrder order) noexcept {
    return order_names[static_cast<std::size_t>(order)];
}

StrategyKind parse_strategy(std::string_view name) {
    for (std::size_t i = 1; i < strategy_names.size(); ++i) {
        if (strategy_names[i] == name) return static_cast<StrategyKind>(i);
    }
    throw InvalidArgument({"strategy",
                           "None, 'direct', 'tiled', 'planar', 'reordered', 'fused' or 'unfused'",
                           "'" + std::string(name) + "'"});
}

}  // namespace dwconv
