#include <algorithm>
#include <vector>

#include "dwconv/errors.hpp"
#include "onednn/library.hpp"
#include "simd/planar.hpp"
#include "simd/planar_rules.hpp"
#include "strategy/line.hpp"
#include "strategy/strategy.hpp"

namespace dwconv::strategy {

namespace {

/// True where both are in that order. A single channel lies in both orders; its view names one.
bool are(MemoryOrder order, const Request& request) {
    const bool any = request.problem.channels == 1 && request.src_order != MemoryOrder::strided;
    return request.dst_order == order && (request.src_order == order || any);
}

/// Channels that fill so little of a vector that oneDNN's kernels, whose lanes are the channels,
/// are slow.
constexpr std::int64_t few_channels = 4;
/// A narrower plane leaves most lanes of a vector idle that runs along its width.
constexpr std::int64_t narrow = 8;
/// What tiled costs for each plane pays only where there are so many of them.
constexpr std::int64_t many_channels = 32;
/// Taps of one column from which on it pays that planar gathers for a stride, and from which on
/// that it deals with a stride of 2 while it loads.
constexpr std::int64_t large_kernel = 5;
constexpr std::int64_t usual_kernel = 3;
constexpr std::int64_t wide_enough_for_a_stride = 14;
/// Where its sums roll down the rows, planar needs but half a vector of AVX2.
constexpr std::int64_t wide_enough_to_roll = 5;
/// Floats of a row of channels-last memory: of longer ones, those that planar reads at a time do
/// not fit into a second-level cache of half a megabyte.
constexpr std::int64_t longest_row = 16 * 1024;
/// With so many rows of taps there is so much to do for each number that this does not matter.
constexpr std::int64_t tall_kernel = 9;

/// Elements of a destination of channels-last lines so small that a call of oneDNN is much of it.
constexpr std::int64_t few_elements = 2000;
/// Fewer are so few that planar has little to share loads in.
constexpr std::int64_t some_channels = 17;
/// Lines of the batch and the channels together: fewer leave lanes idle that are channels.
constexpr std::int64_t few_lines = 32;
constexpr std::int64_t few_strided_lines = 16;
/// When planar is best for more lines than a few.
struct LongLines {
    /// Taps of all outputs of a line, from which on what planar costs for each line is little.
    std::int64_t taps_of_line;
    /// With a stride it gathers, which pays for so many outputs of so few taps.
    std::int64_t strided_width;
    std::int64_t most_strided_taps;
};
constexpr LongLines long_lines = {1500, 500, 9};
constexpr LongLines long_lines_with_avx512 = {600, 100, 7};
/// Of channels-last lines with a depth multiplier, which both planar and tiled copy.
constexpr std::int64_t most_repeated_taps = 9;

bool planar_is_best_for_lines(const Problem& problem) {
    const std::int64_t width = problem.output_spatial()[1];
    const std::int64_t taps = problem.kernel[1];
    const std::int64_t channels = problem.out_channels();
    if (channels <= few_channels) return true;
    const std::int64_t lines = problem.batch * channels;
    const LongLines& is_long =
        onednn::simd_level() == simd::Level::avx512 ? long_lines_with_avx512 : long_lines;
    if (problem.stride[1] == 1) return lines <= few_lines || width * taps >= is_long.taps_of_line;
    return lines <= few_strided_lines ||
           (width >= is_long.strided_width && taps <= is_long.most_strided_taps);
}

bool planar_is_best_for_channels_last_lines(const Problem& problem) {
    const std::int64_t channels = problem.out_channels();
    const std::int64_t taps = problem.kernel[1];
    if (channels == 1) return true;
    if (taps <= most_repeated_taps && problem.multiplier != 1) return true;
    if (taps <= 9 && element_count(problem.dst_shape()) <= few_elements) return true;
    // It has loops of their own for 3, 5, 7 and 9 taps, but with few of them memory is the limit.
    return (taps == 7 || taps == 9) && channels >= some_channels;
}

}  // namespace

bool sums_roll(const Problem& problem) {
    constexpr simd::PlanarOrder order = simd::PlanarOrder::planes;
    return simd::sums_roll(problem, simd::planar_lanes(problem, order, onednn::simd_level()));
}

bool planar_is_best_for_planes(const Problem& problem) {
    if (is_line(problem)) return planar_is_best_for_lines(problem);
    const std::int64_t width = problem.output_spatial()[1];
    const std::int64_t channels = problem.channels * problem.multiplier;
    if (channels <= few_channels) return true;
    if (sums_roll(problem)) return width >= wide_enough_to_roll;
    if (problem.stride[1] == 1) return width >= narrow || channels <= many_channels;
    const bool halves = problem.stride[0] == 2 && problem.stride[1] == 2;
    const std::int64_t worthwhile = halves ? usual_kernel : large_kernel;
    return problem.kernel[0] >= worthwhile && width >= wide_enough_for_a_stride;
}

namespace {

/// With AVX-512 and a stride: rows of the destination, in floats, so short that oneDNN's kernel,
/// called for each of them, takes longer than gathering does.
constexpr std::int64_t short_row = 256;
constexpr std::int64_t short_row_of_few = 64;
/// oneDNN's kernel for AVX-512 is as good as planar, or better, with few taps on whole vectors of
/// channels, where caches hold the source.
constexpr std::int64_t channels_of_a_vector = 16;
constexpr std::int64_t enough_channels = 128;

bool planar_is_best_for_channels_last_with_avx512(const Problem& problem) {
    const bool few = problem.channels <= few_channels;
    if (problem.stride[1] != 1) {
        const std::int64_t row = problem.output_spatial()[1] * problem.channels;
        if (problem.kernel[0] > large_kernel) return row <= short_row;
        if (problem.kernel[0] == large_kernel) return row <= (few ? short_row_of_few : short_row);
        return !few && row <= short_row_of_few;
    }
    return problem.kernel[0] >= large_kernel || problem.channels % channels_of_a_vector != 0 ||
           problem.channels < enough_channels ||
           element_count(problem.src_shape()) > simd::cached_elements;
}

/// Rows that planar reads at a time do not stay in the first-level cache until they have served,
/// and of few taps it does not copy them.
bool rows_collide(const Problem& problem, std::int64_t row) {
    return problem.kernel[0] < simd::taps_worth_a_copy &&
           simd::rows_collide(
               {row, std::min(simd::most_rows - 1 + problem.kernel[0], problem.spatial[0])});
}

bool planar_is_best_for_channels_last(const Problem& problem) {
    if (is_line(problem)) return planar_is_best_for_channels_last_lines(problem);
    const std::int64_t channels = problem.channels * problem.multiplier;
    if (channels == 1 || problem.multiplier != 1) return true;
    if (onednn::simd_level() == simd::Level::avx512) {
        return planar_is_best_for_channels_last_with_avx512(problem);
    }
    if (channels <= few_channels)
        return problem.stride[1] == 1 || problem.kernel[0] >= large_kernel;
    if (onednn::simd_level() == simd::Level::avx2) {
        // With few taps and a stride, oneDNN's kernel is better than copies.
        const bool copies = problem.stride[1] != 1 && problem.kernel[0] < large_kernel &&
                            simd::pixels_collide(problem);
        const auto kernel = simd::pixel_kernel(problem, simd::lanes_of_avx2);
        if (kernel != simd::PixelKernel::none && !copies) return true;
    }
    if (problem.stride[1] != 1) return false;
    const std::int64_t row = problem.spatial[1] * problem.channels;
    return problem.kernel[0] >= tall_kernel || (row <= longest_row && !rows_collide(problem, row));
}

/// Planar adds while it has the sums in registers, where any other needs one more pass.
bool planar_adds(const Request& request) {
    return request.problem.add && request.add_order == request.dst_order &&
           request.add_order != MemoryOrder::strided;
}

/// Of narrower planes, tiles and one more pass are faster.
constexpr std::int64_t wide_enough_to_add = 7;

bool planar_is_best_for_adding(const Request& request) {
    const std::int64_t wide_enough =
        sums_roll(request.problem) ? wide_enough_to_roll : wide_enough_to_add;
    const bool too_narrow = request.dst_order == MemoryOrder::channels_first &&
                            request.problem.output_spatial()[1] < wide_enough;
    return !too_narrow && planar_adds(request) && !is_line(request.problem) &&
           request.problem.stride[1] == 1;
}

/// The strategies to try, the best first; the first that can serve runs.
///
///   memory of both    problem                                       best
///   channels-last     1 channel, or a depth multiplier              planar
///   channels-last     with AVX-512: stride 1, but for 3 × 3 on
///                     many channels (k · 16) that caches hold       planar
///   channels-last     with AVX-512: larger strides, short rows      planar
///   channels-last     before: few channels (at most 4) with
///                     stride 1 or a large kernel (5 rows or more)   planar
///   channels-last     with AVX2: 3 × 3 and 5 × 5, 8 channels or
///                     more, stride 2 (but for 3 × 3 not k · 512), or
///                     1 and a source in the caches; 7 × 7, stride 1 planar
///   channels-last     before: stride 1, rows not too long, nor a
///                     multiple of a page for fewer than 5 taps; or
///                     9 rows of taps or more                        planar
///   channels-last     any other                                     direct
///   planes (NCHW)     few channels                                  planar
///   planes (NCHW)     3 × 3 or 5 × 5, stride 1 or 2, 5 or wider     planar
///   planes (NCHW)     with AVX2: 7 × 7, 5 to 32 wide                planar
///   planes (NCHW)     stride 1, but for many narrow planes          planar
///   planes (NCHW)     stride 2, 3 rows or more, 14 or wider         planar
///   planes (NCHW)     larger strides, large kernel, 14 or wider     planar
///   lines (NCW)       few channels, or few lines in all             planar
///   lines (NCW)       stride 1, width · taps 1500 or more (with
///                     AVX-512, 600)                                 planar
///   lines (NCW)       other strides, 500 or wider, 9 taps at most
///                     (with AVX-512, 100 or wider, 7 taps)          planar
///   lines (NWC)       1 channel, or little in all, 9 taps at most   planar
///   lines (NWC)       a depth multiplier, 9 taps at most            planar
///   lines (NWC)       7 or 9 taps, 17 channels or more              planar
///   lines (NWC)       any other                                     direct
///   volumes (NCDHW)   any                                           planar
///   volumes (NDHWC)   any                                           planar
///   any other         any                                           tiled
///   any dense         stride 1, not a line nor a plane (NCHW) of
///                     6 columns or less, something in the same
///                     memory order is added                         planar
///
/// A general convolution: direct on channels-last memory of both, tiled on any other. Other types
/// than float32: converted, row by row for planes where planar is best, or else tile by tile, in
/// which one of these runs.
///
/// Fitted to tests/speed/selection.py and multiplier.py with 2 threads on AVX2 and AVX-512.
std::vector<StrategyKind> by_merit(const Request& request) {
    if (!request.problem.is_depthwise()) return {StrategyKind::direct, StrategyKind::tiled};
    // What serves volumes has the kernels of planar, on arrays as they lie or on copies.
    if (request.problem.spatial.size() == 3) return {StrategyKind::planar, StrategyKind::tiled};
    std::vector<StrategyKind> kinds;
    const bool channels_last = are(MemoryOrder::channels_last, request);
    const bool planes = are(MemoryOrder::channels_first, request);
    if (((channels_last || planes) && planar_is_best_for_adding(request)) ||
        (channels_last && planar_is_best_for_channels_last(request.problem)) ||
        (planes && planar_is_best_for_planes(request.problem))) {
        kinds.push_back(StrategyKind::planar);
    }
    if (channels_last) kinds.push_back(StrategyKind::direct);
    kinds.push_back(StrategyKind::tiled);
    // A kernel of our own is better than the slow ones that reordered may get.
    kinds.push_back(StrategyKind::planar);
    return kinds;
}

bool is_float32(const Problem& problem) {
    return problem.src_dtype == DataType::float32 && problem.weights_dtype == DataType::float32 &&
           problem.dst_dtype == DataType::float32;
}

std::unique_ptr<const Strategy> make_automatic(const Request& request) {
    for (const StrategyKind kind : by_merit(request)) {
        try {
            return make_strategy(request, kind);
        } catch (const Unsupported&) {
            // The next one.
        }
    }
    return make_strategy(request, StrategyKind::reordered);
}

/// Whether a strategy itself adds what the problem adds.
bool adds(const Request& request, StrategyKind kind) {
    return kind == StrategyKind::converted ||
           (kind == StrategyKind::planar && planar_adds(request));
}

}  // namespace

std::unique_ptr<const Strategy> make_strategy(const Request& request, StrategyKind kind) {
    const bool converts = !is_float32(request.problem);
    if (converts && kind == StrategyKind::automatic) return make_converted(request);
    if (converts != (kind == StrategyKind::converted)) {
        throw Unsupported({"strategy", "one that can serve this problem",
                           "'" + std::string(to_string(kind)) + "': it is " +
                               (converts ? "for float32 alone" : "for other types than float32")});
    }
    if (request.problem.add && kind != StrategyKind::automatic && !adds(request, kind)) {
        return make_added(request, kind);
    }
    switch (kind) {
        case StrategyKind::converted:
            return make_converted(request);
        case StrategyKind::direct:
            return make_direct(request);
        case StrategyKind::tiled:
            return make_tiled(request);
        case StrategyKind::planar:
            return make_planar(request);
        case StrategyKind::reordered:
            return make_reordered(request);
        case StrategyKind::fused:
        case StrategyKind::unfused:
            throw Unsupported(
                {"strategy", "one that can serve this problem",
                 "'" + std::string(to_string(kind)) + "': it is for separable convolution"});
        case StrategyKind::automatic:
            break;
    }
    return make_automatic(request);
}

}  // namespace dwconv::strategy
