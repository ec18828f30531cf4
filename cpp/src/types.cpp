#include "dwconv/types.hpp"

#include <array>
#include <string>

#include "dwconv/errors.hpp"

namespace dwconv {

namespace {

constexpr std::array<std::string_view, 6> data_type_names = {"float32", "float16", "bfloat16",
                                                             "int8",    "uint8",   "int32"};
constexpr std::array<std::size_t, 6> data_type_sizes = {4, 2, 2, 1, 1, 4};
constexpr std::array<std::string_view, 8> strategy_names = {
    "automatic", "direct", "tiled", "planar", "converted", "reordered", "fused", "unfused"};
constexpr std::array<std::string_view, 3> order_names = {"channels_first", "channels_last",
                                                         "strided"};

}  // namespace

std::size_t size_of(DataType dtype) noexcept {
    return data_type_sizes[static_cast<std::size_t>(dtype)];
}

std::string_view to_string(DataType dtype) noexcept {
    return data_type_names[static_cast<std::size_t>(dtype)];
}

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
    throw InvalidArgument(
        {"strategy",
         "None, 'direct', 'tiled', 'planar' or 'reordered'; 'converted' for other "
         "types than float32; or, for several convolutions, 'fused' or 'unfused'",
         "'" + std::string(name) + "'"});
}

DataType parse_data_type(std::string_view name) {
    for (std::size_t i = 0; i < data_type_names.size(); ++i) {
        if (data_type_names[i] == name) return static_cast<DataType>(i);
    }
    throw InvalidArgument({"dtype", "'float32', 'float16', 'bfloat16', 'int8', 'uint8' or 'int32'",
                           "'" + std::string(name) + "'"});
}

}  // namespace dwconv
