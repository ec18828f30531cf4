#include "strategy/separable.hpp"

#include "dwconv/errors.hpp"
#include "strategy/bands.hpp"

namespace dwconv::strategy {

namespace {

/// The threads' time that may be lost to bands of whole rows before one after the other, which
/// shares out pixels, is better.
constexpr double most_idle = 0.05;

/// What is better:
///
///   memory of both   rows of the result among the threads                   better
///   channels-last    uneven, a thread idle for more than 5 % (few rows)     unfused
///   any              otherwise: as fast where all stays in some cache,
///                    faster where the depthwise result would not            fused
///
/// Fitted to tests/speed/separable.py on AVX2 with 2 threads.
std::unique_ptr<const Separable> make_automatic(const SeparableRequest& request) {
    if (request.is_channels_last() && idle_share(request) > most_idle) return make_unfused(request);
    try {
        return make_fused(request);
    } catch (const Unsupported&) {
        return make_unfused(request);
    }
}

}  // namespace

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
