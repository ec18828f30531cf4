#include "dwconv/errors.hpp"
#include "strategy/strategy.hpp"

namespace dwconv::strategy {

namespace {

bool is_channels_last(const Request& request) {
    return request.src_order == MemoryOrder::channels_last &&
           request.dst_order == MemoryOrder::channels_last;
}

/// The rules, in order; the first strategy whose condition holds and that has a fast kernel runs.
///
///   memory                         strategy    because
///   channels-last in and out       direct      oneDNN's kernels read and write it as it lies
///   any other                      tiled       crosses the slow memory once each way
///   no fast kernel for any tile    reordered   whatever oneDNN has
std::unique_ptr<const Strategy> make_automatic(const Request& request) {
    if (is_channels_last(request)) {
        try {
            return make_direct(request);
        } catch (const Unsupported&) {
            // Dilation with deep padding, or a depth multiplier: tiles can re-describe those.
        }
    }
    try {
        return make_tiled(request);
    } catch (const Unsupported&) {
        return make_reordered(request);
    }
}

}  // namespace

std::unique_ptr<const Strategy> make_strategy(const Request& request, StrategyKind kind) {
    switch (kind) {
        case StrategyKind::direct:
            return make_direct(request);
        case StrategyKind::tiled:
            return make_tiled(request);
        case StrategyKind::planar:
            return make_planar(request);
        case StrategyKind::reordered:
            return make_reordered(request);
        case StrategyKind::automatic:
            break;
    }
    return make_automatic(request);
}

}  // namespace dwconv::strategy
