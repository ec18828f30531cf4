#include "strategy/weights_band.hpp"

#include <algorithm>
#include <cstddef>

#include "ceil_div.hpp"
#include "strategy/cache_line.hpp"

namespace dwconv::strategy {

namespace {

/// Floats that the rows of a band take together, where they are not too long.
constexpr std::int64_t band_floats = 12 * 1024;

/// Vectors of a row with which to begin a sum anew takes little.
constexpr std::int64_t long_row = 16;

std::vector<std::int64_t> times(std::vector<std::int64_t> values, std::int64_t factor) {
    for (std::int64_t& value : values) value *= factor;
    return values;
}

}  // namespace

WeightsBands::WeightsBands(const WeightsAxis& rows, const WeightsAxis& columns,
                           const simd::WeightsKernels& kernels, bool vectors)
    : rows_(rows),
      columns_axis_(columns),
      kernels_(kernels),
      vectors_(vectors),
      blocks_(rows, columns, kernels),
      columns_(vectors ? columns.outputs : ceil_div(columns.outputs, kernels.lanes)),
      source_rows_(columns, vectors ? columns_ : columns_ * kernels.lanes) {
    const std::int64_t element = vectors ? kernels.lanes : 1;
    src_pitch_ = rounded_to_line(source_rows_.pitch() * element);
    diff_pitch_ = rounded_to_line(columns_ * kernels.lanes);
    column_taps_ = times(source_rows_.taps(), element);
    src_places_ = times(source_rows_.places(), element);
    for (std::int64_t i = 0; i < columns_axis_.outputs; ++i) {
        diff_places_.push_back(i * kernels.lanes);
    }
    const std::int64_t row = src_pitch_ * rows_.stride + diff_pitch_;
    const std::int64_t kept = blocks_.last_offset() * diff_pitch_;
    const std::int64_t all = rows_.outputs + blocks_.last_offset();
    band_ = std::max<std::int64_t>((band_floats - kept) / row, 4);
    band_ = ceil_div(all, ceil_div(all, band_));
}

WeightsBands::Worker::Worker(const WeightsBands& bands, WeightsBuffers& buffers)
    : bands_(bands), buffers_(buffers) {
    const std::int64_t lanes = rounded_to_line(bands.kernels_.lanes);
    const std::int64_t src_slots = std::min(bands.band_ * bands.rows_.stride, bands.rows_.elements);
    const std::int64_t diff_slots =
        std::min(bands.band_ + bands.blocks_.last_offset(), bands.rows_.outputs);
    const std::int64_t diff = diff_slots * bands.diff_pitch_;
    const std::int64_t all = lanes + bands.diff_pitch_ + diff + src_slots * bands.src_pitch_;
    float* const ones = buffers.rows.reserve(static_cast<std::size_t>(all));
    std::fill_n(ones, all, 0.0f);
    std::fill_n(ones, bands.kernels_.lanes, 1.0f);
    float* const zeros = ones + lanes;
    ones_ = ones;
    zeros_ = zeros;
    diff_ = {zeros + bands.diff_pitch_, bands.diff_pitch_, diff_slots};
    src_ = {zeros + bands.diff_pitch_ + diff, bands.src_pitch_, src_slots};
}

void WeightsBands::Worker::take_source_row(const PlaneRows& src, std::int64_t row,
                                           float* to) const {
    const SourceRows& rows = bands_.source_rows_;
    const float* const from = src.row(row);
    if (bands_.vectors_) {
        bands_.kernels_.gather_vectors(
            from + rows.first_column() * src.column_step, src.column_step, src.lane_step, to,
            bands_.src_places_.data(), static_cast<std::int64_t>(bands_.src_places_.size()));
        return;
    }
    const std::int64_t step = src.column_step * bands_.columns_axis_.stride;
    for (const SourceRows::Phase& phase : rows.phases()) {
        bands_.kernels_.gather(from + phase.column * src.column_step, step, to + phase.to,
                               phase.count);
    }
}

void WeightsBands::Worker::take_gradient_row(const PlaneRows& diff_dst, std::int64_t row,
                                             float* to) const {
    const std::int64_t outputs = bands_.columns_axis_.outputs;
    const float* const from = diff_dst.row(row);
    if (bands_.vectors_) {
        bands_.kernels_.gather_vectors(from, diff_dst.column_step, diff_dst.lane_step, to,
                                       bands_.diff_places_.data(), outputs);
    } else {
        bands_.kernels_.gather(from, diff_dst.column_step, to, outputs);
    }
}

/// src_rows[i] is the row of the source i rows behind the first of the band; rows outside are not
/// read.
void WeightsBands::Worker::list_source(const WeightsPlanes& planes, std::int64_t begin,
                                       std::int64_t end) {
    const WeightsAxis& axis = bands_.rows_;
    const std::int64_t first = axis.element(begin, 0);
    const std::int64_t count = (end - begin) * axis.stride;
    const std::int64_t from = std::max<std::int64_t>(first, 0);
    const std::int64_t to = std::min(first + count, axis.elements);
    buffers_.src_rows.assign(static_cast<std::size_t>(count), nullptr);
    if (from >= to) return;
    src_.hold(planes.src, from, to,
              [&](std::int64_t row, float* slot) { take_source_row(planes.src, row, slot); });
    for (std::int64_t row = from; row < to; ++row) {
        buffers_.src_rows[static_cast<std::size_t>(row - first)] = src_.slot(row);
    }
}

void WeightsBands::Worker::list_gradient(const PlaneRows& diff_dst, std::int64_t begin,
                                         std::int64_t end, const float** rows) {
    // Whole vectors are read where they are.
    const bool as_it_is = !bands_.vectors_ && diff_dst.column_step == 1 &&
                          bands_.columns_axis_.outputs % bands_.kernels_.lanes == 0;
    if (as_it_is) {
        for (std::int64_t row = begin; row < end; ++row) *rows++ = diff_dst.row(row);
        return;
    }
    diff_.hold(diff_dst, begin, end,
               [&](std::int64_t row, float* slot) { take_gradient_row(diff_dst, row, slot); });
    for (std::int64_t row = begin; row < end; ++row) *rows++ = diff_.slot(row);
}

void WeightsBands::Worker::add_products(const WeightsPlanes& planes, std::int64_t begin,
                                        std::int64_t end, float* sums) {
    const std::int64_t kept = bands_.blocks_.last_offset();
    list_source(planes, begin, end);
    // Those of outputs begin - kept to `end`: zeros for what does not count.
    buffers_.diff_rows.assign(static_cast<std::size_t>(end - begin + kept), zeros_);
    const std::int64_t from = std::max(begin - kept, planes.begin);
    const std::int64_t to = std::min(end, planes.end);
    if (from < to) {
        list_gradient(planes.diff_dst, from, to, buffers_.diff_rows.data() + kept + from - begin);
    }

    for (const TapBlock& taps : bands_.blocks_.blocks()) add_block(planes, taps, begin, end, sums);
}

/// Row t of the taps' phase is element t · stride + phase - low of the source, and meets the
/// gradient of output t - offset by each row tap.
void WeightsBands::Worker::add_block(const WeightsPlanes& planes, const TapBlock& taps,
                                     std::int64_t begin, std::int64_t end, float* sums) const {
    const WeightsAxis& axis = bands_.rows_;
    const std::int64_t* const offsets = bands_.blocks_.row_offsets().data() + taps.first_row;
    simd::WeightsBlock block = {};
    block.src_row_step = axis.stride;
    block.columns = bands_.columns_;
    block.src_step = bands_.kernels_.lanes;
    block.column_taps = bands_.column_taps_.data() + taps.first_column;
    const auto add = [&](std::int64_t row, std::int64_t row_end, std::int64_t tap,
                         std::int64_t tap_end) {
        if (row >= row_end) return;
        block.src = buffers_.src_rows.data() + (row - begin) * axis.stride + taps.phase;
        block.diff = buffers_.diff_rows.data() + bands_.blocks_.last_offset() + (row - begin);
        block.rows = row_end - row;
        block.row_taps = offsets + tap;
        block.sums = sums + (taps.position + tap * taps.columns) * bands_.kernels_.lanes;
        bands_.kernels_.sum[tap_end - tap - 1][taps.columns - 1](block);
    };
    const std::int64_t before = std::max<std::int64_t>(axis.low - taps.phase, 0);
    const std::int64_t room = std::max<std::int64_t>(axis.elements + axis.low - taps.phase, 0);
    std::int64_t row = std::max({begin, planes.begin + offsets[0], ceil_div(before, axis.stride)});
    const std::int64_t last =
        std::min({end, planes.end + offsets[taps.rows - 1], ceil_div(room, axis.stride)});
    if (row >= last) return;
    if (bands_.columns_ < long_row) {
        add(row, last, 0, taps.rows);
        return;
    }
    // Without the taps whose outputs are before the first one, or behind the last.
    const auto up_to = [&](std::int64_t row_end, std::int64_t tap, std::int64_t tap_end) {
        const std::int64_t to = std::clamp(row_end, row, last);
        add(row, to, tap, tap_end);
        row = to;
    };
    for (std::int64_t tap = 1; tap < taps.rows; ++tap) up_to(planes.begin + offsets[tap], 0, tap);
    up_to(planes.end + offsets[0], 0, taps.rows);
    for (std::int64_t tap = 1; tap < taps.rows; ++tap) {
        up_to(planes.end + offsets[tap], tap, taps.rows);
    }
}

void WeightsBands::Worker::add_gradient(const PlaneRows& diff_dst, std::int64_t begin,
                                        std::int64_t end, float* sums) {
    if (begin >= end) return;
    buffers_.diff_rows.resize(static_cast<std::size_t>(end - begin));
    list_gradient(diff_dst, begin, end, buffers_.diff_rows.data());
    const std::int64_t none = 0;
    simd::WeightsBlock block = {};
    block.src = &ones_;
    block.diff = buffers_.diff_rows.data();
    block.row_taps = &none;
    block.column_taps = &none;
    block.rows = end - begin;
    block.columns = bands_.columns_;
    block.sums = sums;
    bands_.kernels_.sum[0][0](block);
}

}  // namespace dwconv::strategy
