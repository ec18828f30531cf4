#include "strategy/separable.hpp"

#include "dwconv/errors.hpp"
#include "simd/planar_geometry.hpp"
#include "strategy/bands.hpp"
#include "strategy/strips.hpp"

namespace dwconv::strategy {

namespace {

/// The threads' time that may be lost to bands of whole rows before one after the other, which
/// shares out pixels, is better; in an inverted residual block, to rows that two threads make, too.
constexpr double most_idle = 0.05;
constexpr double most_idle_of_planes = 0.12;
constexpr double most_idle_of_block = 0.12;
constexpr double most_idle_of_gathered_block = 0.25;
/// Bytes of what lies between that stay in second-level caches anyway.
constexpr std::int64_t small = 384 * 1024;
constexpr std::int64_t small_for_a_thread = 1024 * 1024;

/// Columns of the result from which on the kernels that stride over planes as they lie are better
/// than gathering all of them.
constexpr std::int64_t wide_enough_for_a_stride = 56;

std::int64_t bytes_of(const Dims& shape) {
    return element_count(shape) * static_cast<std::int64_t>(sizeof(float));
}

bool fused_is_better(const SeparableRequest& request) {
    // On any number of threads, as they sum up in another order than oneDNN's newer kernels do: the
    // bits of the result must not depend on the threads.
    if (strips_are_better(request)) return true;
    const bool alone = request.depthwise.threads == 1;
    if (request.expand) {
        const bool is_small = bytes_of(request.depthwise.problem.src_shape()) <= small_for_a_thread;
        const double most =
            request.is_channels_last() ? most_idle_of_block : most_idle_of_gathered_block;
        return idle_share(request) <= most && !(alone && is_small);
    }
    const bool planes = request.depthwise.src_order == MemoryOrder::channels_first;
    // On any number of threads, too.
    if (planes && sums_roll(request.depthwise.problem)) return false;
    if (planes && request.depthwise.problem.stride[1] > 1) {
        return request.pointwise.spatial[1] < wide_enough_for_a_stride;
    }
    if (!request.is_channels_last()) return idle_share(request) <= most_idle_of_planes;
    const bool is_small = bytes_of(request.depthwise.problem.dst_shape()) <= small;
    return idle_share(request) <= most_idle && (alone || !is_small);
}

/// What is better:
///
///   what              memory of both  threads, size, rows                            better
///   separable         channels-last   few channels, 3×3, stride 1: strips            fused
///   separable         channels-last   several, what lies between is small            unfused
///   separable         channels-last   uneven: one idle for more than 5 % (few rows)  unfused
///   separable         planes (NCHW)   3×3 or 5×5, stride 1 or 2                      unfused
///   separable         planes (NCHW)   with a stride, 56 columns or more              unfused
///   separable         planes (NCHW)   with a stride, fewer columns                   fused
///   separable         any other       uneven: more than 12 %                         unfused
///   separable         any             any other                                      fused
///   inverted residual channels-last   uneven, or rows made twice: more than 12 %     unfused
///   inverted residual any other       the same, more than 25 %                       unfused
///   inverted residual any             one, what lies between is small                unfused
///   inverted residual any             any other                                      fused
///
/// The first that holds. Fitted to tests/speed/separable.py and tests/speed/inverted_residual.py
/// with 2 threads on AVX2; the first three rows on AVX-512 too.
std::unique_ptr<const Separable> make_automatic(const SeparableRequest& request) {
    if (!fused_is_better(request)) return make_unfused(request);
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
