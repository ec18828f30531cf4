#include "strategy/shared_order.hpp"

namespace dwconv::strategy {

std::optional<simd::PlanarOrder> shared_order(const Request& request) {
    const Problem& problem = request.problem;
    // An empty array has no order.
    if (problem.batch == 0) return simd::PlanarOrder::planes;
    const Dims output = problem.output_spatial();
    const bool any_src = problem.channels == 1 || element_count(problem.spatial) == 1;
    const bool any_dst = problem.channels * problem.multiplier == 1 || element_count(output) == 1;
    const auto is = [](MemoryOrder given, MemoryOrder wanted, bool any) {
        return given == wanted || (any && given != MemoryOrder::strided);
    };
    for (const auto order : {MemoryOrder::channels_first, MemoryOrder::channels_last}) {
        if (!is(request.src_order, order, any_src) || !is(request.dst_order, order, any_dst)) {
            continue;
        }
        return order == MemoryOrder::channels_first ? simd::PlanarOrder::planes
                                                    : simd::PlanarOrder::channels_last;
    }
    return std::nullopt;
}

}  // namespace dwconv::strategy
