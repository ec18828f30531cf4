#include "simd/planar_rules.hpp"

#include <array>

#include "ceil_div.hpp"
#include "dwconv/tensor_view.hpp"
#include "simd/planar_shape.hpp"

namespace dwconv::simd {

namespace {

/// Floats of the shortest vector of any instruction set, which has no instruction to spread
/// numbers.
constexpr std::int64_t shortest_vector = 4;

/// Floats of a page, over which the sets of the first-level cache are spread, and of a cache line;
/// places in a set.
constexpr std::int64_t page_floats = 1024;
constexpr std::int64_t line_floats = 16;
constexpr int places = 8;

/// Distances between pixels that leave them a quarter of the sets, and an eighth.
constexpr std::int64_t colliding_floats = 4 * line_floats;
constexpr std::int64_t badly_colliding_floats = 8 * line_floats;

bool has_taps(const Problem& problem, std::int64_t taps) {
    const Dims square = {taps, taps};
    return problem.kernel == square;
}

bool has_stride(const Problem& problem, std::int64_t stride) {
    const Dims square = {stride, stride};
    return problem.stride == square;
}

bool usual_sums_roll(const Problem& problem) {
    if (problem.spatial.size() != 2 || problem.dilation[0] != 1) return false;
    const bool strides = has_stride(problem, 2) && problem.dilation[1] == 1;
    return (has_taps(problem, 3) || has_taps(problem, 5)) && (has_stride(problem, 1) || strides);
}

/// With 7 × 7 taps, which do not fit into registers, blocks of rows are better on wide planes: they
/// load their sources for more rows at a time, and few of their vectors have an edge.
bool large_sums_roll(const Problem& problem, std::int64_t lanes) {
    return lanes == lanes_of_avx2 && has_taps(problem, 7) && has_stride(problem, 1) &&
           problem.dilation[0] == 1 && problem.output_spatial()[1] <= 4 * lanes;
}

/// Whether runs of columns leave few of the places in the last one idle.
bool fills_runs(std::int64_t columns) {
    return ceil_div(columns, run_columns) * run_columns <= columns + columns / 8;
}

}  // namespace

bool sums_roll(const Problem& problem, std::int64_t lanes) {
    return usual_sums_roll(problem) || large_sums_roll(problem, lanes);
}

/// (Sources beyond the caches are best read row by row, as the processor sees them coming, unless
/// blocks of rows would have to copy them for a multiplier, or there is much to do for each number.
/// With AVX-512, oneDNN's kernel is as good as these are without a multiplier. An instruction that
/// spreads numbers came with AVX2.)
bool uses_strips(const Problem& problem, std::int64_t lanes) {
    if (problem.spatial.size() != 2 || problem.dilation != Dims{1, 1}) return false;
    const bool multiplies = problem.multiplier != 1;
    const bool sevens = !multiplies && has_taps(problem, 7) && has_stride(problem, 1);
    if (sevens ? !in_runs(problem) : !usual_sums_roll(problem)) return false;
    const bool spreads = multiplies && problem.multiplier % lanes != 0;
    if (spreads && lanes == shortest_vector) return false;
    if (!multiplies && lanes == longest_vector) return false;
    const bool skips_padding = problem.stride[1] == 2 || problem.padding[1].low < problem.kernel[1];
    const std::int64_t channels = problem.channels * problem.multiplier;
    const std::int64_t idle = ceil_div(channels, lanes) * lanes - channels;
    const bool fills_vectors = channels >= lanes && idle <= channels / (multiplies ? 8 : 2);
    return skips_padding && fills_vectors &&
           (multiplies || sevens || element_count(problem.src_shape()) <= cached_elements);
}

/// (On longer rows of 5 × 5 taps, sums that roll are as fast.)
bool in_runs(const Problem& problem) {
    constexpr std::int64_t short_row = 14;
    if (problem.multiplier != 1 || has_taps(problem, 3)) return false;
    const std::int64_t columns = problem.output_spatial()[1];
    const bool rolls_well = has_taps(problem, 5) && has_stride(problem, 1) && columns > short_row;
    return !rolls_well && fills_runs(columns);
}

bool pixels_collide(const Problem& problem) {
    if (problem.multiplier != 1) return false;
    const bool much_to_do = in_runs(problem);
    return problem.channels % (much_to_do ? colliding_floats : badly_colliding_floats) == 0;
}

bool rows_collide(const RowsRead& read) {
    std::array<int, page_floats / line_floats> rows_of_set{};
    for (std::int64_t plane = 0; plane < read.planes; ++plane) {
        for (std::int64_t row = 0; row < read.rows; ++row) {
            const std::int64_t at = plane * read.plane_floats + row * read.row_floats;
            if (++rows_of_set[static_cast<std::size_t>(at % page_floats / line_floats)] > places) {
                return true;
            }
        }
    }
    return false;
}

}  // namespace dwconv::simd
