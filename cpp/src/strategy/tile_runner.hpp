#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "onednn/depthwise_kernel.hpp"
#include "onednn/thread_limit.hpp"
#include "parallel.hpp"
#include "strategy/tile_grid.hpp"

namespace dwconv::strategy {

/// The calls that one thread makes into the kernels of a grid, each made when it is first needed.
class TileCalls {
public:
    explicit TileCalls(const TileGrid& grid) : grid_(&grid), calls_(grid.kernels().size()) {}

    onednn::KernelCall& operator[](int kernel);

private:
    const TileGrid* grid_;
    std::vector<std::optional<onednn::KernelCall>> calls_;
};

/// Keeps the calls of a grid between runs. Lock-free, so that a fork() at any moment leaves it
/// usable in the child.
class TileCallsPool {
public:
    TileCallsPool() = default;
    ~TileCallsPool();
    TileCallsPool(const TileCallsPool&) = delete;
    TileCallsPool& operator=(const TileCallsPool&) = delete;

    std::unique_ptr<TileCalls> take(const TileGrid& grid) const;
    void give(std::unique_ptr<TileCalls> calls) const;

private:
    mutable std::array<std::atomic<TileCalls*>, 8> kept_{};
};

/// Runs a function over the tiles of a grid, on up to `threads` threads. The function gets each
/// tile, and the calling thread's calls into the grid's kernels.
class TileRunner {
public:
    TileRunner(const TileGrid& grid, int threads) : grid_(grid), threads_(threads) {}

    template <class RunTile>
    void operator()(const RunTile& run_tile) const {
        parallel_for(grid_.size(), threads_, [&](TileQueue& queue) {
            const onednn::SingleThreaded one_thread;
            std::unique_ptr<TileCalls> calls = pool_.take(grid_);
            while (const auto index = queue.next()) run_tile(grid_.tile(*index), *calls);
            pool_.give(std::move(calls));
        });
    }

private:
    const TileGrid& grid_;
    int threads_;
    TileCallsPool pool_;
};

}  // namespace dwconv::strategy
