#include "simd/planar_converted.hpp"

#include <algorithm>

#include "ceil_div.hpp"
#include "simd/streaming.hpp"

namespace dwconv::simd {

namespace {

/// Of source and destination, in use at a time: they stay in the first-level cache, or much of them
/// does.
constexpr std::int64_t floats_in_cache = 8 * 1024;

}  // namespace

PlanarConverted::PlanarConverted(const Problem& problem, PlanarOrder order, Level level)
    : convolution_(problem, order, level),
      level_(level),
      src_bytes_(static_cast<std::int64_t>(size_of(problem.src_dtype))),
      dst_bytes_(static_cast<std::int64_t>(size_of(problem.dst_dtype))),
      widening_(conversions_for(problem.src_dtype, level)),
      narrowing_(conversions_for(problem.dst_dtype, level)),
      past_caches_(is_beyond_caches(problem.dst_shape(), problem.dst_dtype)),
      block_rows_(convolution_.rows()) {
    const std::int64_t rows = convolution_.rows();
    const std::int64_t plane = convolution_.src_plane() + convolution_.dst_plane();
    if (plane <= floats_in_cache) {
        // Several planes are read as one run of their rows.
        const bool all_rows = convolution_.rows_read(0, rows).size() * convolution_.src_columns() ==
                              convolution_.src_plane();
        if (all_rows) block_planes_ = floats_in_cache / plane;
        return;
    }
    // Rows that are computed together share what they read.
    const std::int64_t some = std::max(rows * floats_in_cache / plane, convolution_.block_rows());
    block_rows_ = ceil_div(rows, ceil_div(rows, some));
}

std::string PlanarConverted::name() const {
    return std::string(conversions_name(level_)) + ", " + convolution_.name();
}

template <class Convolve>
void PlanarConverted::convert(const ConvertedArrays& arrays, std::int64_t src,
                              std::int64_t src_count, std::int64_t dst, std::int64_t dst_count,
                              Scratch& scratch, const Convolve& convolve) const {
    constexpr std::int64_t margin = PlanarConvolution::copied_margin;
    // From a cache line on, both: a vector stored to two takes twice as long.
    float* const from =
        scratch.src.reserve(static_cast<std::size_t>(src_count + 2 * margin)) + margin;
    float* const to = scratch.dst.reserve(static_cast<std::size_t>(dst_count + longest_vector));
    widening_.widen(static_cast<const char*>(arrays.src) + src * src_bytes_, from, src_count);
    const char* const next = static_cast<const char*>(arrays.src) + (src + src_count) * src_bytes_;
    convolve(PlanarArrays{from, to, arrays.packed}, PlanarAhead{next, src_bytes_});
    const auto narrow = past_caches_ ? narrowing_.narrow_past_caches : narrowing_.narrow;
    narrow(to, static_cast<char*>(arrays.dst) + dst * dst_bytes_, dst_count);
}

void PlanarConverted::run(const ConvertedArrays& arrays, const PlanarPart& part,
                          Scratch& scratch) const {
    const bool whole = part.row_begin == 0 && part.row_end == convolution_.rows();
    const std::int64_t most_planes = whole ? block_planes_ : 1;
    const std::int64_t multiplier = convolution_.multiplier();
    PlanarPart block = part;
    for (std::int64_t plane = part.plane_begin; plane < part.plane_end; plane = block.plane_end) {
        block.plane_begin = plane;
        block.plane_end = std::min(plane + most_planes, part.plane_end);
        const std::int64_t first = plane / multiplier;
        const std::int64_t planes = (block.plane_end - 1) / multiplier + 1 - first;
        for (std::int64_t row = part.row_begin; row < part.row_end; row = block.row_end) {
            block.row_begin = row;
            block.row_end = std::min(row + block_rows_, part.row_end);
            const PlanarRows rows = convolution_.rows_read(row, block.row_end);
            const std::int64_t src_begin =
                first * convolution_.src_plane() + rows.begin * convolution_.src_columns();
            const std::int64_t dst_begin =
                plane * convolution_.dst_plane() + row * convolution_.columns();
            const std::int64_t made =
                (block.plane_end - plane) * (block.row_end - row) * convolution_.columns();
            convert(arrays, src_begin, planes * rows.size() * convolution_.src_columns(), dst_begin,
                    made, scratch, [&](const PlanarArrays& copies, const PlanarAhead& ahead) {
                        convolution_.run_copied(copies, block, ahead, scratch.planar);
                    });
        }
    }
    if (past_caches_) finish_streaming();
}

void PlanarConverted::run_exactly(const ConvertedArrays& arrays, const PlanarPart& part,
                                  Scratch& scratch) const {
    for (std::int64_t plane = part.plane_begin; plane < part.plane_end; ++plane) {
        const std::int64_t src = plane / convolution_.multiplier() * convolution_.src_plane();
        const std::int64_t dst =
            plane * convolution_.dst_plane() + part.row_begin * convolution_.columns();
        const std::int64_t made = (part.row_end - part.row_begin) * convolution_.columns();
        convert(arrays, src, convolution_.src_plane(), dst, made, scratch,
                [&](const PlanarArrays& copies, const PlanarAhead&) {
                    // Where the whole arrays would begin.
                    convolution_.run_exactly({copies.src - src, copies.dst - dst, copies.packed},
                                             {plane, plane + 1, part.row_begin, part.row_end});
                });
    }
    if (past_caches_) finish_streaming();
}

}  // namespace dwconv::simd
