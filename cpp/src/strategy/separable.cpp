#include "strategy/separable.hpp"

#include "dwconv/errors.hpp"

namespace dwconv::strategy {

namespace {

std::unique_ptr<const Separable> make_automatic(const SeparableRequest& request) {
    try {
        return make_fused(request);
    } catch (const Unsupported&) {
        return make_unfused(request);
    }
}

}  // namespace

Request SeparableRequest::pointwise_from(MemoryOrder between) const {
    return {pointwise, between, depthwise.dst_order, depthwise.threads};
}

std::unique_ptr<const Separable> make_separable(const SeparableRequest& request,
                                                StrategyKind kind) {
    switch (kind) {
        case StrategyKind::automatic:
            return make_automatic(request);
        case StrategyKind::fused:
            return make_fused(request);
        case StrategyKind::unfused:
            return make_unfused(request);
        default:
            break;
    }
    throw Unsupported({"strategy", "None, 'fused' or 'unfused' for a separable convolution",
                       "'" + std::string(to_string(kind)) + "'"});
}

}  // namespace dwconv::strategy
