#include "strategy/partial_sums.hpp"

#include <algorithm>
#include <cstring>

#include "onednn/scratch.hpp"
#include "strategy/cache_line.hpp"
#include "strategy/exact_integers.hpp"

namespace dwconv::strategy {

namespace {

/// Where the bias begins, behind the number of parts.
constexpr std::size_t bias_begin = floats_of_line;

std::vector<ConvertedCell> bare(std::vector<ConvertedCell> cells) {
    for (ConvertedCell& cell : cells) {
        cell.problem.bias = false;
        cell.problem.activation = {};
    }
    return cells;
}

/// The weights with zeros for the taps of other parts.
std::vector<float> masked(std::vector<float> weights, std::int64_t taps, const Range& part) {
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const std::int64_t tap = static_cast<std::int64_t>(i) % taps;
        if (tap < part.begin || tap >= part.end) weights[i] = 0.0f;
    }
    return weights;
}

}  // namespace

PartialSums::PartialSums(const Problem& problem, const ConvertedGrid& grid, MemoryOrder order)
    : problem_(problem),
      order_(order),
      cells_(bare(grid.cells())),
      convolutions_(cells_, grid.axes(), order),
      first_part_(bias_begin) {
    const auto biases = static_cast<std::size_t>(problem.bias ? problem.out_channels() : 0);
    first_part_ += rounded_to_line(biases);
}

std::size_t PartialSums::packed_size() const noexcept {
    return first_part_ +
           static_cast<std::size_t>(most_exact_parts(problem_)) * convolutions_.packed_size();
}

std::int32_t PartialSums::parts_of(const float* packed) noexcept {
    std::int32_t parts = 0;
    std::memcpy(&parts, packed, sizeof parts);
    return parts;
}

bool PartialSums::pack(const std::vector<float>& weights, const std::int32_t* bias,
                       float* packed) const {
    std::int32_t count = 0;
    if (adds_beyond_float32(problem_) || !is_exact_with_bias(problem_, weights.data(), bias)) {
        float* to = packed + first_part_;
        for (const Range& part : exact_parts(problem_, weights.data())) {
            const std::vector<float> own = masked(weights, element_count(problem_.kernel), part);
            convolutions_.pack({own.data(), problem_.weights_shape()}, {}, to);
            to += convolutions_.packed_size();
            ++count;
        }
        const auto biases = static_cast<std::size_t>(problem_.out_channels());
        if (bias != nullptr) std::memcpy(packed + bias_begin, bias, biases * sizeof *bias);
    }
    std::memcpy(packed, &count, sizeof count);
    return count != 0;
}

void PartialSums::run(const ConvertedTile& tile, const float* src, const float* packed,
                      float* buffer, const TensorView& add, const MutableTensorView& dst) const {
    const std::int64_t count = element_count(dst.shape);
    auto* const sums = reinterpret_cast<double*>(
        onednn::thread_scratch().sums.reserve(static_cast<std::size_t>(2 * count)));
    std::fill_n(sums, count, 0.0);
    const float* weights = packed + first_part_;
    for (std::int32_t i = 0; i < parts_of(packed) && !tile.block.is_padding(); ++i) {
        convolutions_.run(tile.cell, src, {weights, true}, buffer);
        for (std::int64_t at = 0; at < count; ++at) sums[at] += buffer[at];
        weights += convolutions_.packed_size();
    }
    if (add.data != nullptr) add_to_sums(add, sums);
    std::vector<std::int32_t> bias;
    if (problem_.bias) {
        const std::int64_t first = tile.channels.begin * problem_.multiplier;
        bias.resize(static_cast<std::size_t>(tile.channels.size() * problem_.multiplier));
        std::memcpy(bias.data(), packed + bias_begin + first, bias.size() * sizeof(std::int32_t));
    }
    finish_sums(sums, problem_.bias ? bias.data() : nullptr, problem_.activation,
                order_ == MemoryOrder::channels_last, dst);
}

}  // namespace dwconv::strategy
