#include <benchmark/benchmark.h>

#include <vector>

#include "strategy/tile_copy.hpp"

namespace {

using dwconv::strategy::Tile;
using dwconv::strategy::TileCopy;

constexpr std::int64_t lanes = 16;

/// The first 16 channels of an image of a square of `size`, whole.
Tile whole_plane(std::int64_t size) {
    Tile tile{};
    tile.images = {0, 1};
    tile.channels = {0, lanes};
    for (auto* axis : {&tile.rows, &tile.columns}) {
        axis->in_end = axis->out_end = size;
    }
    return tile;
}

void set_rate(benchmark::State& state, std::int64_t elements) {
    const auto bytes = static_cast<std::int64_t>(2 * sizeof(float)) * elements;
    state.SetBytesProcessed(state.iterations() * bytes);
}

/// Planes of NCHW brought together channel by channel.
void gather_from_nchw(benchmark::State& state) {
    const std::int64_t size = state.range(0), elements = lanes * size * size;
    const std::vector<float> src(static_cast<std::size_t>(elements), 1.0f);
    const TileCopy copy(1);
    const Tile tile = whole_plane(size);
    std::vector<float> to(copy.gather_size(tile, lanes));
    const dwconv::TensorView view(src.data(), {1, lanes, size, size});
    for (auto _ : state) {
        copy.gather(view, tile, lanes, to.data());
        benchmark::ClobberMemory();
    }
    set_rate(state, elements);
}
BENCHMARK(gather_from_nchw)->Arg(7)->Arg(14)->Arg(28)->Arg(56);

/// And spread again.
void scatter_to_nchw(benchmark::State& state) {
    const std::int64_t size = state.range(0), elements = lanes * size * size;
    const std::vector<float> from(static_cast<std::size_t>(elements), 1.0f);
    std::vector<float> dst(static_cast<std::size_t>(elements));
    const TileCopy copy(1);
    const Tile tile = whole_plane(size);
    const dwconv::MutableTensorView view(dst.data(), {1, lanes, size, size});
    for (auto _ : state) {
        copy.scatter(from.data(), tile, lanes, view);
        benchmark::ClobberMemory();
    }
    set_rate(state, elements);
}
BENCHMARK(scatter_to_nchw)->Arg(7)->Arg(14)->Arg(28)->Arg(56);

}  // namespace
