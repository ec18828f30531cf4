#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "onednn/conv_kernel.hpp"
#include "onednn/thread_limit.hpp"
#include "parallel.hpp"
#include "strategy/tile_grid.hpp"

namespace dwconv::strategy {

/// The calls that one thread makes into some kernels, each made when it is first needed.
class TileCalls {
public:
    explicit TileCalls(const onednn::Kernels& kernels)
        : kernels_(&kernels), calls_(kernels.size()) {}

    onednn::KernelCall& operator[](int kernel);

private:
    const onednn::Kernels* kernels_;
    std::vector<std::optional<onednn::KernelCall>> calls_;
};

/// Convolves a tile that a kernel of the grid makes, from and to channels-last memory, with these
/// packed weights of the grid.
void convolve_tile(const TileGrid& grid, const Tile& tile, const PackedWeights& weights,
                   const float* from, float* to, TileCalls& calls);

/// Keeps the calls into some kernels between runs. Lock-free, so that a fork() at any moment leaves
/// it usable in the child.
class TileCallsPool {
public:
    TileCallsPool() = default;
    ~TileCallsPool();
    TileCallsPool(const TileCallsPool&) = delete;
    TileCallsPool& operator=(const TileCallsPool&) = delete;

    std::unique_ptr<TileCalls> take(const onednn::Kernels& kernels) const;
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
            std::unique_ptr<TileCalls> calls = pool_.take(grid_.kernels());
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
