#include "simd/planar_rules.hpp"

#include <algorithm>
#include <array>

#include "ceil_div.hpp"
#include "dwconv/tensor_view.hpp"
#include "simd/planar_shape.hpp"
#include "simd/rows_read.hpp"

namespace dwconv::simd {

namespace {

/// Floats of the shortest vector of any instruction set, which has no instruction to spread
/// numbers.
constexpr std::int64_t shortest_vector = 4;

/// Floats of a page, over which the sets of the first-level cache are spread, and places in a set.
constexpr std::int64_t page_floats = 1024;
constexpr int places = 8;

/// Lines to a set from which on blocks of fewer rows, which load more for each, are better.
constexpr int bearable_lines = 12;

/// Channels whose pixels leave a quarter of the sets to those of a row, an eighth, and a
/// thirty-second.
constexpr std::int64_t colliding_channels = 4 * line_floats;
constexpr std::int64_t badly_colliding_channels = 8 * line_floats;
constexpr std::int64_t worst_colliding_channels = 32 * line_floats;

/// Channels from which on patches are better than sums that roll, with a stride.
constexpr std::int64_t enough_for_patches = 32;

/// Channels from which on one more vector costs less than all those that cross from one cache line
/// to the next, where sums wait for loads, and where they do so less.
constexpr std::int64_t enough_to_align = 72;
constexpr std::int64_t enough_to_align_more_taps = 120;

/// How many lines of memory share a set of a first-level cache, at most.
class CacheSets {
public:
    /// `at`: where a line begins, in floats.
    void add(std::int64_t at) {
        int& lines = lines_[static_cast<std::size_t>(at % page_floats / line_floats)];
        most_ = std::max(most_, ++lines);
    }
    int most() const { return most_; }

private:
    std::array<int, page_floats / line_floats> lines_{};
    int most_ = 0;
};

/// The same of rows of the destination that are computed at once, and all that they read. (Large
/// arrays begin at the same place of a page.)
int lines_of_set(const RowsMade& made, std::int64_t rows) {
    CacheSets sets;
    const std::int64_t read = rows_read(rows, made.stride, made.taps);
    for (std::int64_t row = 0; row < read; ++row) sets.add(row * made.src_floats);
    for (std::int64_t row = 0; row < rows; ++row) sets.add(row * made.dst_floats);
    return sets.most();
}

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

/// Whether rows are so long, and the source so large, that it is better read in blocks of few whole
/// rows than in strips down many, since the processor sees more of it coming. (Where it is
/// converted, strips read copies. With AVX-512 it was not measured.)
bool reads_long_rows(const Problem& problem, std::int64_t lanes) {
    constexpr std::int64_t long_row = 900;
    constexpr std::int64_t long_strided_row = 200;
    constexpr std::int64_t large_source = 5 * cached_elements / 4;
    return lanes != longest_vector && problem.src_dtype == DataType::float32 &&
           problem.spatial[1] >= (problem.stride[1] == 1 ? long_row : long_strided_row) &&
           element_count(problem.src_shape()) > large_source;
}

/// Whether runs of columns leave few of the places in the last one idle, or all else takes longer:
/// with a stride, or with 7 × 7 taps on more columns and channels than blocks of rows are good at.
bool fills_runs(const Problem& problem) {
    constexpr std::int64_t many_columns = 10;
    constexpr std::int64_t many_channels = 32;
    const std::int64_t columns = problem.output_spatial()[1];
    const std::int64_t idle = ceil_div(columns, run_columns) * run_columns - columns;
    if (problem.stride[1] == 2) return idle <= 2 * columns / 5;
    const bool is_large = columns >= many_columns && problem.channels >= many_channels;
    return idle <= columns / 6 || (has_taps(problem, 7) && is_large);
}

/// The kernel for 3 × 3, 5 × 5 or 7 × 7 taps without a multiplier.
PixelKernel plain_pixel_kernel(const Problem& problem) {
    const bool steps = problem.stride[1] == 2;
    if (has_taps(problem, 3)) {
        if (steps) {
            return problem.channels < enough_for_patches ? PixelKernel::rolls
                                                         : PixelKernel::patches;
        }
        const bool collide = problem.channels % colliding_channels == 0;
        return collide ? PixelKernel::patches : PixelKernel::rolls;
    }
    if (fills_runs(problem)) return PixelKernel::runs;
    return has_taps(problem, 5) ? PixelKernel::rolls : PixelKernel::none;
}

}  // namespace

bool sums_roll(const Problem& problem, std::int64_t lanes) {
    if (usual_sums_roll(problem)) return !reads_long_rows(problem, lanes);
    return large_sums_roll(problem, lanes);
}

/// (Sources beyond the caches are best read row by row, as the processor sees them coming, unless
/// blocks of rows would have to copy them for a multiplier or a stride, or there is much to do for
/// each number. With AVX-512, oneDNN's kernel is as good as these are without a multiplier. An
/// instruction that spreads numbers came with AVX2.)
PixelKernel pixel_kernel(const Problem& problem, std::int64_t lanes) {
    if (problem.spatial.size() != 2 || problem.dilation != Dims{1, 1}) return PixelKernel::none;
    const bool multiplies = problem.multiplier != 1;
    const bool sevens = !multiplies && has_taps(problem, 7) && has_stride(problem, 1);
    if (!sevens && !usual_sums_roll(problem)) return PixelKernel::none;
    const bool spreads = multiplies && problem.multiplier % lanes != 0;
    if (spreads && lanes == shortest_vector) return PixelKernel::none;
    if (!multiplies && lanes == longest_vector) return PixelKernel::none;
    const bool steps = problem.stride[1] == 2;
    const bool skips_padding = steps || problem.padding[1].low < problem.kernel[1];
    const std::int64_t channels = problem.channels * problem.multiplier;
    const std::int64_t idle = ceil_div(channels, lanes) * lanes - channels;
    const bool fills_vectors = channels >= lanes && idle <= channels / (multiplies ? 8 : 2);
    const bool reads_well =
        multiplies || sevens || steps || element_count(problem.src_shape()) <= cached_elements;
    if (!skips_padding || !fills_vectors || !reads_well) return PixelKernel::none;
    return multiplies ? PixelKernel::rolls : plain_pixel_kernel(problem);
}

bool pixels_collide(const Problem& problem) {
    if (problem.multiplier != 1) return false;
    if (!has_taps(problem, 3)) return problem.channels % badly_colliding_channels == 0;
    return problem.channels % worst_colliding_channels == 0;
}

bool aligns_channels(const Problem& problem) {
    if (problem.multiplier != 1 || problem.channels % lanes_of_avx2 != 0) return false;
    const bool waits = has_taps(problem, 3) || problem.stride[1] == 2;
    if (waits) return problem.channels >= enough_to_align;
    return has_taps(problem, 5) && problem.channels >= enough_to_align_more_taps;
}

bool rows_collide(const RowsRead& read) {
    CacheSets sets;
    for (std::int64_t plane = 0; plane < read.planes; ++plane) {
        for (std::int64_t row = 0; row < read.rows; ++row) {
            sets.add(plane * read.plane_floats + row * read.row_floats);
        }
    }
    return sets.most() > places;
}

std::int64_t rows_without_collision(const RowsMade& made, std::int64_t most) {
    if (lines_of_set(made, most) <= bearable_lines) return most;
    for (std::int64_t rows = most - 1; rows > 1; --rows) {
        if (lines_of_set(made, rows) <= places) return rows;
    }
    return most;
}

}  // namespace dwconv::simd
