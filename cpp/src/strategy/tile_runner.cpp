#include "strategy/tile_runner.hpp"

namespace dwconv::strategy {

onednn::KernelCall& TileCalls::operator[](int kernel) {
    const auto i = static_cast<std::size_t>(kernel);
    if (!calls_[i]) calls_[i].emplace(*grid_->kernels()[i]);
    return *calls_[i];
}

TileCallsPool::~TileCallsPool() {
    for (auto& slot : kept_) delete slot.load();
}

std::unique_ptr<TileCalls> TileCallsPool::take(const TileGrid& grid) const {
    for (auto& slot : kept_) {
        if (slot.load(std::memory_order_relaxed) == nullptr) continue;
        if (TileCalls* const kept = slot.exchange(nullptr)) return std::unique_ptr<TileCalls>(kept);
    }
    return std::make_unique<TileCalls>(grid);
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
