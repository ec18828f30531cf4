#include "simd/planar_geometry.hpp"

#include <algorithm>

#include "ceil_div.hpp"
#include "simd/planar_rules.hpp"
#include "simd/rows_read.hpp"
#include "simd/streaming.hpp"

namespace dwconv::simd {

namespace {

/// Gathered rows in use at a time stay in the first-level cache, beside the destination's.
constexpr std::int64_t gathered_floats = 6 * 1024;

/// Floats of the rows of a strip, those of the source too, and of planes whose strips are in turns.
/// The more rows, the fewer are read twice; what the next strip needs is in the second-level cache,
/// or, of small planes, in the first-level one.
constexpr std::int64_t rolled_row_floats = 32 * 1024;
constexpr std::int64_t rolled_plane_floats = 4 * 1024;
constexpr std::int64_t least_rolled_rows = 8;

/// Columns of the destination in a strip of channels-last memory, and pixels.
constexpr std::int64_t columns_of_strip = 28;
constexpr std::int64_t pixels_of_strip = 112;

/// Pixels of the source that a strip reads, if they are copied: they stay in the second-level
/// cache.
constexpr std::int64_t most_copied_pixels = 448;

bool has_kernel(std::int64_t rows) { return rows == 3 || rows == 5 || rows == 7 || rows == 9; }

/// Whether the stride is best dealt with while loading: in kernels of few columns, as each loads
/// its own.
bool can_step(const PlanarShape& shape) {
    return shape.column_stride == 2 && shape.shared_step != 0 && shape.shared_stride == 2 &&
           shape.period == 1 && (shape.kernel_rows == 3 || shape.kernel_rows == 5) &&
           shape.kernel_columns <= 5;
}

}  // namespace

PlanarGeometry::PlanarGeometry(const Problem& problem, PlanarOrder order, std::int64_t lanes)
    : src_columns(problem.spatial.back()),
      column_padding(problem.padding.back().low),
      column_dilation(problem.dilation.back()) {
    const std::int64_t channels = problem.channels * problem.multiplier;
    const bool planes = order == PlanarOrder::planes || channels == 1;
    const Dims output = problem.output_spatial();
    const std::size_t columns = output.size() - 1;
    const std::size_t rows = columns - 1;
    shape.period = planes ? 1 : channels;
    shape.src_channels = planes ? 1 : problem.channels;
    shape.multiplier = planes ? 1 : problem.multiplier;
    shape.tap_pitch = planes ? 1 : channels + longest_vector;
    shape.weights_pitch = problem.kernel[columns] * shape.tap_pitch;
    shape.src_rows = problem.spatial[rows];
    shape.dst_rows = output[rows];
    shape.src_pitch = src_columns * shape.src_channels;
    shape.dst_pitch = output[columns] * shape.period;
    shape.kernel_rows = problem.kernel[rows];
    shape.kernel_columns = problem.kernel[columns];
    shape.row_stride = problem.stride[rows];
    shape.row_dilation = problem.dilation[rows];
    shape.row_padding = problem.padding[rows].low;
    shape.column_stride = problem.stride[columns];
    if (rows != 0) set_depth(problem, output[0]);
    shape.beyond_caches = is_beyond_caches(problem.dst_shape());
    shape.activation = FusedActivation(problem.activation);
    share_rows();
    if (can_step(shape)) {
        shape.column_step = shape.column_stride;
        shape.margin = shape.column_step * longest_vector;
    }
    const PixelKernel kernel = planes ? PixelKernel::none : pixel_kernel(problem, lanes);
    const bool pixels = kernel != PixelKernel::none;
    const bool line = rows == 0 && is_line(lanes);
    shape.gathered =
        !pixels && (shape.column_stride != shape.column_step || shape.multiplier != 1 ||
                    is_worth_a_copy(problem, lanes) || (line && is_mostly_edges(lanes)));
    if (shape.gathered) {
        gather_columns(output[columns]);
    } else {
        place_columns();
        // (The caches of processors with AVX-512 have more places.)
        if (!has_depth && shape.shared_step != 0 && lanes < longest_vector) set_block_rows();
    }
    if (line) {
        chain_taps(lanes);
    }
    if (pixels) set_strips(problem, kernel);
    if (can_roll(problem, lanes)) set_rolled_rows();
    const std::int64_t copied = shape.copied_pixels == 0 ? 0 : src_columns * copied_pitch;
    const std::int64_t length = std::max({shape.src_pitch, shape.row_length, copied});
    zeros_.assign(static_cast<std::size_t>(length + 2 * shape.margin), 0.0f);
    shape.zero_row = zeros_.data() + shape.margin;
    shape.offsets = offsets_.data();
    shape.phases = phases_.data();
    shape.phase_count = static_cast<std::int64_t>(phases_.size());
    shape.chains = chains_.data();
    shape.chain_count = static_cast<std::int64_t>(chains_.size());
}

void PlanarGeometry::set_depth(const Problem& problem, std::int64_t outputs) {
    has_depth = true;
    src_depth = problem.spatial[0];
    dst_depth = outputs;
    depth_stride = problem.stride[0];
    depth_dilation = problem.dilation[0];
    depth_padding = problem.padding[0].low;
    shape.kernel_depth = problem.kernel[0];
}

/// Rows of the destination share rows of the source where the distance of the one, in the source,
/// is a multiple of the distance of the kernel's rows: once or twice it for the kernels here.
/// Without a stride, rows of the destination that lie a dilation apart do, with any kernel.
void PlanarGeometry::share_rows() {
    if (shape.kernel_rows == 1) return;
    if (shape.row_stride == 1) {
        shape.shared_step = shape.dst_step = shape.row_dilation;
    } else if (has_kernel(shape.kernel_rows) && (shape.row_stride == shape.row_dilation ||
                                                 shape.row_stride == 2 * shape.row_dilation)) {
        shape.shared_step = shape.row_dilation;
        shape.shared_stride = shape.row_stride / shape.row_dilation;
    }
}

/// Whether rows are copied to where they do not collide. (Where sums roll, one is read at a time.
/// Volumes of planes were not measured. The caches of processors with AVX-512 have more places.)
bool PlanarGeometry::is_worth_a_copy(const Problem& problem, std::int64_t lanes) const {
    const bool planes = shape.period == 1;
    if (lanes == longest_vector || (planes && (has_depth || sums_roll(problem, lanes)))) {
        return false;
    }
    if (!has_depth && shape.kernel_rows < taps_worth_a_copy) return false;
    const std::int64_t step = std::max<std::int64_t>(shape.shared_step, 1);
    const std::int64_t rows = (most_rows - 1) * shape.row_stride / step + shape.kernel_rows;
    return rows_collide({step * shape.src_pitch, std::min(rows, shape.src_rows),
                         depth_dilation * shape.src_rows * shape.src_pitch, most_planes()});
}

void PlanarGeometry::place_columns() {
    for (std::int64_t k = 0; k < shape.kernel_columns; ++k) {
        offsets_.push_back((k * column_dilation - column_padding) * shape.period);
    }
    shape.row_length = shape.src_pitch;
}

/// Not so many rows that they would put each other out of the cache while their lines are in use.
void PlanarGeometry::set_block_rows() {
    shape.block_rows = rows_without_collision(
        {shape.dst_step * shape.dst_pitch, shape.shared_step * shape.src_pitch, shape.shared_stride,
         shape.kernel_rows},
        most_rows);
}

/// Columns of the kernel that have the same remainder by the stride share a phase of the row.
void PlanarGeometry::gather_columns(std::int64_t outputs) {
    const std::int64_t stride = shape.column_stride;
    std::int64_t end = 0;
    offsets_.resize(static_cast<std::size_t>(shape.kernel_columns));
    for (std::int64_t remainder = 0; remainder < stride; ++remainder) {
        std::int64_t columns = 0;
        for (std::int64_t k = 0; k < shape.kernel_columns; ++k) {
            const std::int64_t column = k * column_dilation;
            if (column % stride != remainder) continue;
            offsets_[static_cast<std::size_t>(k)] = end + column / stride * shape.period;
            columns = std::max(columns, column / stride + outputs);
        }
        if (columns == 0) continue;
        // Column i of the phase is column i · stride - before of the row.
        const std::int64_t before = column_padding - remainder;
        const std::int64_t first = std::min(steps_to(before, stride), columns);
        const std::int64_t last =
            std::clamp(steps_to(src_columns + before, stride), first, columns);
        phases_.push_back({first * stride - before, last - first, end + first * shape.period});
        end += columns * shape.period;
    }
    // Each row ends with what a vector may read beyond it.
    shape.row_length = end + longest_vector;
    const std::int64_t block = most_rows * shape.dst_step;
    const std::int64_t rows = gathered_floats / shape.row_length / shape.row_stride / most_planes();
    shape.gathered_rows = std::min(std::max(rows / block, std::int64_t{1}) * block, shape.dst_rows);
}

/// Whether sums may roll down the rows: on planes, with padding that may be read beside a row.
bool PlanarGeometry::can_roll(const Problem& problem, std::int64_t lanes) const {
    if (!sums_roll(problem, lanes) || shape.gathered || shape.period != 1) return false;
    const bool skips_padding = shape.row_stride == 2 || shape.row_padding < shape.kernel_rows;
    const std::int64_t columns = std::max(shape.dst_pitch, lanes);
    const std::int64_t end = shape.column_step * columns + offsets_.back();
    return skips_padding && offsets_[0] >= -shape.margin && end <= shape.row_length + shape.margin;
}

/// Strips of a few columns and rows, where sums roll or pixels are copied: what they read of the
/// source for one vector of channels is in the first-level cache until all channels of its cache
/// lines are done. Patches are best one after the other along their rows, and runs down the
/// columns.
void PlanarGeometry::set_strips(const Problem& problem, PixelKernel kernel) {
    shape.pixel_kernel = kernel;
    shape.src_columns = src_columns;
    shape.dst_columns = problem.output_spatial().back();
    shape.first_column = -column_padding;
    shape.aligns_channels = aligns_channels(problem);
    shape.margin = 0;
    const std::int64_t columns = std::max<std::int64_t>(shape.dst_columns, 1);
    const std::int64_t most = columns_of_strip / shape.column_stride;
    const std::int64_t even = ceil_div(columns, ceil_div(columns, most));
    if (pixels_collide(problem)) {
        const bool runs = kernel == PixelKernel::runs;
        shape.strip_columns = runs ? ceil_div(even, run_columns) * run_columns : even;
        set_copied_strips();
    } else if (kernel == PixelKernel::rolls) {
        // Two at a time share what they load.
        shape.strip_columns = even;
        shape.strip_rows =
            2 * ceil_div(pixels_of_strip / shape.column_stride, 2 * shape.strip_columns);
    } else {
        shape.strip_columns = columns;
        shape.strip_rows =
            kernel == PixelKernel::patches ? 2 : std::max<std::int64_t>(shape.dst_rows, 1);
    }
}

/// As many rows as read few enough pixels.
void PlanarGeometry::set_copied_strips() {
    const std::int64_t columns =
        std::min(rows_read(shape.strip_columns, shape.column_stride, shape.kernel_columns),
                 shape.src_columns);
    const std::int64_t most = most_copied_pixels / columns;
    shape.strip_rows = std::max<std::int64_t>(
        shape.src_rows <= most ? shape.dst_rows : (most - shape.kernel_rows) / shape.row_stride + 1,
        1);
    shape.copied_pixels =
        columns *
        std::min(rows_read(shape.strip_rows, shape.row_stride, shape.kernel_rows), shape.src_rows);
}

void PlanarGeometry::set_rolled_rows() {
    const std::int64_t row = shape.row_stride * shape.src_pitch + shape.dst_pitch;
    const std::int64_t rows = std::max<std::int64_t>(shape.dst_rows, 1);
    shape.rolled_rows = std::clamp(rolled_row_floats / row, least_rolled_rows, most_rolled_rows);
    shape.rolled_rows = std::min(shape.rolled_rows, rows);
    if (shape.rolled_rows == rows) {
        shape.rolled_planes = std::max<std::int64_t>(rolled_plane_floats / (row * rows), 1);
    }
}

/// Whether the kernels for lines serve: where the weights of all vectors are alike, and where a
/// plane has but one row, or else rows that fill some vectors.
bool PlanarGeometry::is_line(std::int64_t lanes) const {
    return shape.kernel_rows == 1 && lanes % shape.period == 0 &&
           (shape.dst_rows == 1 || shape.dst_pitch >= most_vectors * lanes);
}

/// Whether to copy a line with its padding, at once, is less than copying the blocks at its ends.
bool PlanarGeometry::is_mostly_edges(std::int64_t lanes) const {
    const std::int64_t extent = (shape.kernel_columns - 1) * column_dilation * shape.period;
    const std::int64_t padded = shape.dst_pitch + extent;
    const std::int64_t block = most_vectors * lanes;
    const std::int64_t blocks = std::max<std::int64_t>(padded - shape.src_pitch, 0) / block + 2;
    return blocks * (block + extent) > padded;
}

/// Each tap is in one chain, of as many as there are.
void PlanarGeometry::chain_taps(std::int64_t lanes) {
    const auto taps = static_cast<std::size_t>(shape.kernel_columns);
    const auto next = [&](std::size_t tap, std::size_t step) {
        return tap + step < taps && offsets_[tap + step] == offsets_[tap] + lanes;
    };
    std::size_t step = 1;
    while (step < taps && !next(0, step)) ++step;
    std::vector<bool> chained(taps, false);
    for (std::size_t first = 0; first < taps; ++first) {
        if (chained[first]) continue;
        std::int64_t count = 1;
        for (std::size_t tap = first; count < most_chained && next(tap, step); ++count) {
            tap += step;
            chained[tap] = true;
        }
        chains_.push_back({offsets_[first], static_cast<std::int64_t>(first) * shape.tap_pitch,
                           static_cast<std::int64_t>(step) * shape.tap_pitch, count});
    }
    const auto [least, greatest] = std::minmax_element(offsets_.begin(), offsets_.end());
    shape.least_offset = *least;
    shape.extent = *greatest - *least;
    // All that a vector reads is inside its row, or copied.
    shape.margin = 0;
    shape.gathered_rows = 1;
}

}  // namespace dwconv::simd
