#include "strategy/planar_tiles.hpp"

#include <algorithm>

#include "ceil_div.hpp"
#include "strategy/tiles_wanted.hpp"

namespace dwconv::strategy {

namespace {

/// Of the source, in planes that several planes of the destination share.
constexpr std::int64_t floats_in_cache = 64 * 1024;

/// Channels from which on pixels may be cut between them.
constexpr std::int64_t enough_to_cut = 512;

/// Bands of a volume's planes such that those of the source that make one of the destination are
/// still in the cache when the next one is made, which shares most of them.
std::int64_t bands_in_cache(const Problem& problem, const simd::PlanarConvolution& convolution) {
    if (problem.spatial.size() != 3 || problem.kernel[0] == 1) return 1;
    const std::int64_t taps = std::min(problem.kernel[0], problem.spatial[0]);
    const std::int64_t row = taps * convolution.src_columns();
    return ceil_div(row * problem.spatial[1], floats_in_cache);
}

}  // namespace

PlanarTiles::PlanarTiles(const Problem& problem, const simd::PlanarConvolution& convolution,
                         int threads)
    : all_planes_(convolution.planes()),
      rows_(convolution.rows()),
      cut_(best_cut(convolution, threads)) {
    const std::int64_t wanted = tiles_wanted(work_of(problem), threads);
    const std::int64_t planes = std::max<std::int64_t>(all_planes_, 1);
    planes_ = ceil_div(planes, wanted);
    std::int64_t bands = std::min(ceil_div(wanted, planes), cut_.length);
    const std::int64_t cached_bands = std::min(bands_in_cache(problem, convolution), cut_.length);
    const bool cuts_for_cache = cached_bands > bands;
    if (cuts_for_cache) {
        bands = cached_bands;
        planes_ = ceil_div(planes, ceil_div(wanted, bands));
    }
    set_bands(bands, threads, cuts_for_cache);
    size_ = ceil_div(all_planes_, planes_) * bands_;
}

/// Between rows, if they are not so few that one thread would have more of them than another.
PlanarTiles::Cut PlanarTiles::best_cut(const simd::PlanarConvolution& convolution, int threads) {
    const std::int64_t rows = convolution.rows();
    if (rows == 1 && convolution.block_columns() != 0) {
        return {Axis::columns, convolution.columns(), convolution.block_columns()};
    }
    const std::int64_t block = convolution.block_rows();
    const bool is_uneven = rows < 4 * block && rows % (threads * block) != 0;
    const bool has_channels =
        convolution.block_channels() != 0 && convolution.channels() >= enough_to_cut;
    if (is_uneven && has_channels) {
        return {Axis::channels, convolution.channels(), convolution.block_channels()};
    }
    return {Axis::rows, rows, block};
}

void PlanarTiles::set_bands(std::int64_t bands, int threads, bool cuts_for_cache) {
    const auto [axis, length, block] = cut_;
    // Not less than a block in a band, if all threads have one: its rows share what they read.
    const std::int64_t least = std::min(block, ceil_div(length, threads));
    const std::int64_t even = std::max(ceil_div(length, bands), least);
    if (cuts_for_cache && even > block) {
        // Rounded up, it would not stay in the cache; and 8 rows are two blocks of 4.
        band_ = even / block * block;
    } else {
        band_ = axis != Axis::rows || even > 2 * block ? ceil_div(even, block) * block : even;
    }
    bands_ = ceil_div(length, band_);
}

simd::PlanarPart PlanarTiles::part(std::int64_t tile) const noexcept {
    const std::int64_t plane = tile / bands_ * planes_;
    const std::int64_t begin = tile % bands_ * band_;
    const std::int64_t end = std::min(begin + band_, cut_.length);
    simd::PlanarPart part = {plane, std::min(plane + planes_, all_planes_), 0, rows_};
    switch (cut_.axis) {
        case Axis::rows:
            part.row_begin = begin;
            part.row_end = end;
            break;
        case Axis::columns:
            part.column_begin = begin;
            part.column_end = end;
            break;
        case Axis::channels:
            part.channel_begin = begin;
            part.channel_end = end;
    }
    return part;
}

}  // namespace dwconv::strategy
