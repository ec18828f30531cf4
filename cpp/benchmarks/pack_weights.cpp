#include <benchmark/benchmark.h>

#include "onednn/scratch.hpp"
#include "strategy/strategy.hpp"

namespace {

using namespace dwconv;

/// What the one-call door does with the weights on each call: channels, kernel size.
void pack(benchmark::State& state) {
    strategy::Request request;
    request.src_order = request.dst_order = MemoryOrder::channels_last;
    Problem problem;
    problem.channels = state.range(0);
    problem.spatial = {14, 14};
    problem.kernel = {state.range(1), state.range(1)};
    const std::int64_t border = state.range(1) / 2;
    problem.padding = {{border, border}, {border, border}};
    request.problem = problem.normalized();
    const auto direct = strategy::make_direct(request);
    const onednn::AlignedBuffer packed(direct->packed_size());
    const auto count = static_cast<std::size_t>(element_count(problem.weights_shape()));
    const std::vector<float> weights(count, 0.5f);
    const TensorView view(weights.data(), problem.weights_shape());
    for (auto _ : state) {
        benchmark::DoNotOptimize(direct->pack(view, {}, packed.data()));
        benchmark::ClobberMemory();
    }
    const auto bytes = static_cast<std::int64_t>(count * sizeof(float));
    state.SetBytesProcessed(state.iterations() * bytes);
}
BENCHMARK(pack)->ArgsProduct({{32, 144, 960}, {3, 7}});

}  // namespace
