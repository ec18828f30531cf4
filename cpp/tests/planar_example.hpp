#pragma once

// Problems that simd::PlanarConvolution and simd::PlanarConverted are run on, in parts and at all
// levels, and compared with the reference.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "check.hpp"
#include "dwconv/problem.hpp"
#include "onednn/library.hpp"
#include "reference.hpp"
#include "simd/planar_converted.hpp"

namespace dwconv::check {

using simd::Level;
using simd::PlanarOrder;

inline constexpr float untouched = 12345.0f;

inline std::vector<Level> levels() {
    std::vector<Level> all = {Level::baseline};
    const Level newest = onednn::simd_level();
    for (const Level level : {Level::avx2, Level::avx512}) {
        if (level <= newest) all.push_back(level);
    }
    return all;
}

struct Example {
    Problem problem;
    std::vector<float> src, weights, bias, expected;

    explicit Example(const std::string& text)
        : problem(parse_problem(text).normalized()),
          src(integers(element_count(problem.src_shape()), 1)),
          weights(integers(element_count(problem.weights_shape()), 2)),
          bias(problem.bias ? integers(problem.dst_shape()[1], 3) : std::vector<float>()) {
        expect();
    }
    void expect() { expected = convolve(problem, src, weights, bias); }
};

/// Runs a part in as many pieces as there may be of it, from the last to the first.
template <class Run>
void run_pieces(std::int64_t length, std::int64_t block, std::int64_t& begin, std::int64_t& end,
                const Run& run_part) {
    for (begin = (length - 1) / block * block; begin >= 0; begin -= block) {
        end = std::min(begin + block, length);
        run_part();
    }
}

/// Runs all of an example in bands of `rows` rows of `planes_of_part` planes, each cut further
/// where it can be, `exactly` or not; a vector's length of elements follows that must not be
/// touched. The source begins `offset` floats behind a cache line.
inline std::vector<float> run(const Example& e, PlanarOrder order, Level level, std::int64_t rows,
                              bool exactly, std::int64_t planes_of_part = 2,
                              std::size_t offset = 0) {
    const simd::PlanarConvolution convolution(e.problem, order, level);
    std::vector<float> packed(convolution.packed_size());
    const TensorView weights(e.weights.data(), e.problem.weights_shape());
    const TensorView bias =
        e.bias.empty() ? TensorView() : TensorView(e.bias.data(), {e.problem.dst_shape()[1]});
    convolution.pack(weights, bias, packed.data());
    simd::PlanarScratch scratch;
    const bool planes = order == PlanarOrder::planes;
    const std::vector<float> dense = planes ? e.src : channels_last(e.src, e.problem.src_shape());
    std::vector<float> memory(dense.size() + 2 * simd::line_floats, std::nanf(""));
    const std::size_t place = reinterpret_cast<std::uintptr_t>(memory.data()) / sizeof(float);
    float* const src = memory.data() + (simd::line_floats - place % simd::line_floats + offset);
    std::copy(dense.begin(), dense.end(), src);
    std::vector<float> dst(e.expected.size() + simd::longest_vector, untouched);
    const simd::PlanarArrays arrays = {src, dst.data(), packed.data()};
    const std::int64_t height = convolution.rows();
    // From the last to the first: what is written beyond a part's end would show.
    const std::int64_t last_plane = (convolution.planes() - 1) / planes_of_part * planes_of_part;
    for (std::int64_t plane = last_plane; plane >= 0; plane -= planes_of_part) {
        for (std::int64_t row = (height - 1) / rows * rows; row >= 0; row -= rows) {
            simd::PlanarPart part = {plane, std::min(plane + planes_of_part, convolution.planes()),
                                     row, std::min(row + rows, height)};
            const auto run_part = [&] {
                if (exactly) {
                    convolution.run_exactly(arrays, part);
                } else {
                    convolution.run(arrays, part, scratch);
                }
            };
            if (height == 1 && convolution.block_columns() != 0) {
                run_pieces(convolution.columns(), convolution.block_columns(), part.column_begin,
                           part.column_end, run_part);
            } else if (convolution.block_channels() != 0) {
                run_pieces(convolution.channels(), convolution.block_channels(), part.channel_begin,
                           part.channel_end, run_part);
            } else {
                run_part();
            }
        }
    }
    for (std::size_t i = e.expected.size(); i < dst.size(); ++i) CHECK(dst[i] == untouched);
    dst.resize(e.expected.size());
    return dst;
}

/// The same with source and result in bfloat16, which holds all numbers here, by conversions.
inline std::vector<float> run_converted(const Example& e, PlanarOrder order, Level level,
                                        std::int64_t rows, bool exactly) {
    Problem problem = e.problem;
    problem.src_dtype = problem.dst_dtype = DataType::bfloat16;
    const simd::PlanarConverted converted(problem, order, level);
    const simd::PlanarConvolution& convolution = converted.convolution();
    if (!convolution.runs_copied() || e.expected.empty()) {
        return run(e, order, level, rows, exactly);
    }
    std::vector<float> packed(convolution.packed_size());
    const TensorView weights(e.weights.data(), e.problem.weights_shape());
    const TensorView bias =
        e.bias.empty() ? TensorView() : TensorView(e.bias.data(), {e.problem.dst_shape()[1]});
    convolution.pack(weights, bias, packed.data());
    const simd::Conversions conversions = simd::conversions_for(DataType::bfloat16, level);
    const std::vector<float> floats =
        order == PlanarOrder::planes ? e.src : channels_last(e.src, e.problem.src_shape());
    std::vector<std::uint16_t> src(floats.size()), dst(e.expected.size() + 1, 9999);
    conversions.narrow(floats.data(), src.data(), static_cast<std::int64_t>(floats.size()));
    simd::PlanarConverted::Scratch scratch;
    const simd::ConvertedArrays arrays = {src.data(), dst.data(), packed.data()};
    for (std::int64_t row = 0; row < convolution.rows(); row += rows) {
        const simd::PlanarPart part = {0, convolution.planes(), row,
                                       std::min(row + rows, convolution.rows())};
        if (exactly) {
            converted.run_exactly(arrays, part, scratch);
        } else {
            converted.run(arrays, part, scratch);
        }
    }
    CHECK(dst.back() == 9999);
    std::vector<float> result(e.expected.size());
    conversions.widen(dst.data(), result.data(), static_cast<std::int64_t>(result.size()));
    return result;
}

/// As bfloat16 has them.
inline std::vector<float> rounded(std::vector<float> values) {
    const simd::Conversions conversions =
        simd::conversions_for(DataType::bfloat16, Level::baseline);
    std::vector<std::uint16_t> narrowed(values.size());
    const auto count = static_cast<std::int64_t>(values.size());
    conversions.narrow(values.data(), narrowed.data(), count);
    conversions.widen(narrowed.data(), values.data(), count);
    return values;
}

inline void check_example(const std::string& text) {
    const Example e(text);
    for (const PlanarOrder order : {PlanarOrder::planes, PlanarOrder::channels_last}) {
        const std::vector<float> expected = order == PlanarOrder::planes
                                                ? e.expected
                                                : channels_last(e.expected, e.problem.dst_shape());
        for (const Level level : levels()) {
            for (const std::int64_t rows : {1, 5, 1000}) {
                for (const bool exactly : {false, true}) {
                    if (run(e, order, level, rows, exactly) == expected &&
                        rounded(run_converted(e, order, level, rows, exactly)) ==
                            rounded(expected)) {
                        continue;
                    }
                    std::fprintf(stderr, "%s, order %d, level %d, %d rows, exactly %d\n",
                                 text.c_str(), static_cast<int>(order), static_cast<int>(level),
                                 static_cast<int>(rows), static_cast<int>(exactly));
                    CHECK(false);
                }
            }
        }
    }
}

}  // namespace dwconv::check
