#include "strategy/tile_convolutions.hpp"

#include <algorithm>

#include "dense_strides.hpp"
#include "onednn/library.hpp"
#include "simd/convert.hpp"
#include "strategy/box_conversion.hpp"
#include "strategy/cache_line.hpp"

namespace dwconv::strategy {

TileConvolutions::TileConvolutions(const std::vector<ConvertedCell>& cells, const CutAxes& axes,
                                   MemoryOrder order)
    : parts_(cells), axes_(axes) {
    std::vector<Problem> problems;
    for (const ConvertedCell& part : cells) {
        Cell cell;
        cell.packed = packed_size_;
        if (!part.block.is_padding()) {
            const auto found = std::find(problems.begin(), problems.end(), part.problem);
            cell.strategy = static_cast<std::size_t>(found - problems.begin());
            if (found == problems.end()) {
                problems.push_back(part.problem);
                strategies_.push_back(
                    make_strategy({part.problem, order, order, 1}, StrategyKind::automatic));
            }
            cell.src_strides = dense_strides(order, part.problem.src_shape());
            cell.dst_strides = dense_strides(order, part.problem.dst_shape());
            packed_size_ += rounded_to_line(strategies_[cell.strategy]->packed_size());
        }
        cells_.push_back(cell);
    }
}

std::string TileConvolutions::implementation() const {
    std::string text(simd::conversions_name(onednn::simd_level()));
    std::vector<std::string> names;
    for (const auto& strategy : strategies_) {
        std::string name = strategy->implementation();
        if (std::find(names.begin(), names.end(), name) != names.end()) continue;
        text += ", " + name;
        names.push_back(std::move(name));
    }
    return text;
}

bool TileConvolutions::pack(const TensorView& weights, const TensorView& bias,
                            float* packed) const {
    bool finite = true;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        const ConvertedCell& part = parts_[i];
        if (part.block.is_padding()) continue;
        const Range& channels = part.channels;
        const std::int64_t multiplier = part.problem.multiplier;
        TensorView own = part_of(weights, 0, channels.begin, channels.size());
        own = part_of(own, 2 + axes_.outer, part.block.outer.tap_begin, part.block.outer.taps());
        if (axes_.inner != axes_.outer) {
            own =
                part_of(own, 2 + axes_.inner, part.block.inner.tap_begin, part.block.inner.taps());
        }
        const TensorView own_bias =
            bias.data == nullptr
                ? bias
                : part_of(bias, 0, channels.begin * multiplier, channels.size() * multiplier);
        const Strategy& strategy = *strategies_[cells_[i].strategy];
        finite &= strategy.pack(own, own_bias, packed + cells_[i].packed).finite;
    }
    return finite;
}

void TileConvolutions::run(std::size_t index, const float* src, const PackedWeights& weights,
                           float* dst) const {
    const Cell& cell = cells_[index];
    const Problem& problem = parts_[index].problem;
    strategies_[cell.strategy]->run(
        {src, DataType::float32, problem.src_shape(), cell.src_strides},
        {weights.data + cell.packed, weights.finite},
        {dst, DataType::float32, problem.dst_shape(), cell.dst_strides});
}

}  // namespace dwconv::strategy
