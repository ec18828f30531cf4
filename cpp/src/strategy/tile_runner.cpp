#include "strategy/tile_runner.hpp"

#include "strategy/exact.hpp"

namespace dwconv::strategy {

onednn::KernelCall& TileCalls::operator[](int kernel) {
    const auto i = static_cast<std::size_t>(kernel);
    if (!calls_[i]) calls_[i].emplace(*(*kernels_)[i]);
    return *calls_[i];
}

void convolve_tile(const TileGrid& grid, const Tile& tile, const PackedWeights& weights,
                   const float* from, float* to, TileCalls& calls) {
    const float* const bias = grid.bias(weights, tile.channels.begin);
    if (!weights.finite) {
        const auto& geometry = grid.kernels()[static_cast<std::size_t>(tile.kernel)]->geometry();
        if (has_padding(geometry)) {
            convolve_exactly(grid.problem(), tile, geometry, grid.plain(weights),
                             {from, nullptr, bias, to});
            return;
        }
    }
    calls[tile.kernel]({from, weights.data + tile.weights, bias, to});
}

TileCallsPool::~TileCallsPool() {
    for (auto& slot : kept_) delete slot.load();
}

std::unique_ptr<TileCalls> TileCallsPool::take(const onednn::Kernels& kernels) const {
    for (auto& slot : kept_) {
        if (slot.load(std::memory_order_relaxed) == nullptr) continue;
        if (TileCalls* const kept = slot.exchange(nullptr)) return std::unique_ptr<TileCalls>(kept);
    }
    return std::make_unique<TileCalls>(kernels);
}

void TileCallsPool::give(std::unique_ptr<TileCalls> calls) const {
    for (auto& slot : kept_) {
        TileCalls* empty = nullptr;
        if (slot.compare_exchange_strong(empty, calls.get())) {
            static_cast<void>(calls.release());
            return;
        }
    }
}

}  // namespace dwconv::strategy
