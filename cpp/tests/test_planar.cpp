#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "check.hpp"
#include "dwconv/problem.hpp"
#include "onednn/library.hpp"
#include "reference.hpp"
#include "simd/planar_converted.hpp"

namespace {

using namespace dwconv;
using simd::Level;
using simd::PlanarOrder;

constexpr float untouched = 12345.0f;

std::vector<Level> levels() {
    std::vector<Level> all = {Level::baseline};
    const Level newest = onednn::simd_level();
    for (const Level level : {Level::avx2, Level::avx512}) {
        if (level <= newest) all.push_back(level);
    }
    return all;
}

/// NCHW to NHWC.
std::vector<float> channels_last(const std::vector<float>& values, const Dims& shape) {
    std::vector<float> moved;
    std::int64_t pixels = 1;
    for (std::size_t i = 2; i < shape.size(); ++i) pixels *= shape[i];
    for (std::int64_t n = 0; n < shape[0]; ++n) {
        for (std::int64_t p = 0; p < pixels; ++p) {
            for (std::int64_t c = 0; c < shape[1]; ++c) {
                moved.push_back(values[static_cast<std::size_t>((n * shape[1] + c) * pixels + p)]);
            }
        }
    }
    return moved;
}

struct Example {
    Problem problem;
    std::vector<float> src, weights, bias, expected;

    explicit Example(const std::string& text)
        : problem(parse_problem(text).normalized()),
          src(check::integers(element_count(problem.src_shape()), 1)),
          weights(check::integers(element_count(problem.weights_shape()), 2)),
          bias(problem.bias ? check::integers(problem.dst_shape()[1], 3) : std::vector<float>()) {
        expect();
    }
    void expect() { expected = check::convolve(problem, src, weights, bias); }
};

/// Runs all of an example in bands of `rows` rows of `planes_of_part` planes, `exactly` or not; a
/// vector's length of elements follows that must not be touched.
std::vector<float> run(const Example& e, PlanarOrder order, Level level, std::int64_t rows,
                       bool exactly, std::int64_t planes_of_part = 2) {
    const simd::PlanarConvolution convolution(e.problem, order, level);
    std::vector<float> packed(convolution.packed_size());
    const TensorView weights(e.weights.data(), e.problem.weights_shape());
    const TensorView bias =
        e.bias.empty() ? TensorView() : TensorView(e.bias.data(), {e.problem.dst_shape()[1]});
    convolution.pack(weights, bias, packed.data());
    simd::PlanarScratch scratch;
    const bool planes = order == PlanarOrder::planes;
    const std::vector<float> src = planes ? e.src : channels_last(e.src, e.problem.src_shape());
    std::vector<float> dst(e.expected.size() + simd::longest_vector, untouched);
    const simd::PlanarArrays arrays = {src.data(), dst.data(), packed.data()};
    const std::int64_t height = convolution.rows();
    // From the last to the first: what is written beyond a part's end would show.
    const std::int64_t last_plane = (convolution.planes() - 1) / planes_of_part * planes_of_part;
    for (std::int64_t plane = last_plane; plane >= 0; plane -= planes_of_part) {
        for (std::int64_t row = (height - 1) / rows * rows; row >= 0; row -= rows) {
            simd::PlanarPart part = {plane, std::min(plane + planes_of_part, convolution.planes()),
                                     row, std::min(row + rows, height)};
            // Where a row may be cut, its pieces, too, from the last to the first.
            const std::int64_t piece = convolution.block_columns();
            const bool cut = rows == 1 && height == 1 && piece != 0;
            const std::int64_t last = cut ? (convolution.columns() - 1) / piece * piece : 0;
            for (std::int64_t column = last; cut && column > 0; column -= piece) {
                part.column_begin = column;
                part.column_end = std::min(column + piece, convolution.columns());
                if (exactly) {
                    convolution.run_exactly(arrays, part);
                } else {
                    convolution.run(arrays, part, scratch);
                }
                part.column_begin = 0;
                part.column_end = column;
            }
            if (exactly) {
                convolution.run_exactly(arrays, part);
            } else {
                convolution.run(arrays, part, scratch);
            }
        }
    }
    for (std::size_t i = e.expected.size(); i < dst.size(); ++i) CHECK(dst[i] == untouched);
    dst.resize(e.expected.size());
    return dst;
}

/// The same with source and result in bfloat16, which holds all numbers here, by conversions.
std::vector<float> run_converted(const Example& e, PlanarOrder order, Level level,
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
std::vector<float> rounded(std::vector<float> values) {
    const simd::Conversions conversions =
        simd::conversions_for(DataType::bfloat16, Level::baseline);
    std::vector<std::uint16_t> narrowed(values.size());
    const auto count = static_cast<std::int64_t>(values.size());
    conversions.narrow(values.data(), narrowed.data(), count);
    conversions.widen(narrowed.data(), values.data(), count);
    return values;
}

void check_example(const std::string& text) {
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

/// Every function for a number of rows, taps and a stride, over rows shorter and longer than any
/// vector.
void test_every_size() {
    for (const char* kernel : {"1", "2", "3", "4x3", "5", "7", "9x2", "11x3"}) {
        for (const char* rest : {"p1", "s2p3", "d2p2", "s1x3d1x2p4"}) {
            for (const std::int64_t width : {7, 8, 9, 15, 16, 17, 33, 40}) {
                for (const std::int64_t height : {11, 12, 14, 17, 18, 24}) {
                    check_example("n1c2i" + std::to_string(height) + "x" + std::to_string(width) +
                                  "k" + kernel + rest + "+bias");
                }
            }
        }
    }
}

/// Kernels of one row: every number of vectors and of chained taps, in lines shorter and longer
/// than a block of any instruction set.
void test_lines() {
    for (const char* kernel : {"1", "2", "4", "8", "9", "16", "17", "31", "33", "65"}) {
        for (const char* rest :
             {"p0x64", "s1x2p0x70", "d1x2p0x33:128", "d1x3p0x99:97", "d1x4p0x64:300"}) {
            for (const std::int64_t width : {3, 8, 20, 40, 64, 71, 100, 130, 200, 300}) {
                check_example("n2c2i1x" + std::to_string(width) + "k1x" + kernel + rest + "+bias");
            }
        }
    }
    for (const char* text : {"n1c1i1x5000k1x5p0x2+clip(-9,20)", "n1c4i1x3000k1x31p0x15+relu",
                             "n2c2i3x200k1x9s2x1p2x4", "n1c4m2i1x90k1x7p0x3", "n1c2i5x300k1x1",
                             "n1c1i1x900k1x70d1x16p0x560", "n3c2i1x1k1x3p0x9:70"}) {
        check_example(text);
    }
}

/// Kernels whose sums roll down the rows: planes narrower and wider than vectors,
/// many and few of them, lower and higher than a band, with all the padding that they skip.
void test_rolling() {
    const auto check = [](const std::string& text) {
        const Example e(text);
        for (const Level level : levels()) {
            for (const std::int64_t rows : {4, 100}) {
                for (const std::int64_t planes : {1, 5, 14}) {
                    CHECK(run(e, PlanarOrder::planes, level, rows, false, planes) == e.expected);
                }
                CHECK(rounded(run_converted(e, PlanarOrder::planes, level, rows, false)) ==
                      rounded(e.expected));
            }
        }
    };
    for (const char* rest : {"p0", "p1", "p2", "p0:3x1:4", "p2:0x0:3", "d1x2p1", "d1x5p1:0x9:9",
                             "s2p1", "s2p0", "s2p0:1x1:0", "s2p1:3x3:5"}) {
        for (const std::int64_t width : {5, 7, 8, 9, 14, 15, 16, 17, 31, 33, 40}) {
            for (const std::int64_t height : {5, 7, 14, 35, 70}) {
                const std::string size = std::to_string(height) + "x" + std::to_string(width);
                for (const char* taps : {"k3", "k5"}) check("n2c7i" + size + taps + rest + "+bias");
            }
        }
    }
    for (const char* text : {"n2c7i1x1k3p1", "n2c7i2x3k3p1", "n2c7i3x2k3s2p1", "n1c14i4x4k3p2",
                             "n2c7i2x3k5p2", "n2c7i3x2k5s2p3", "n1c14i4x4k5p4"}) {
        check(text);
    }
}

void test_other_geometries() {
    for (const char* text : {"n2c3i5x6k3p1+bias",
                             "n1c1i1x1k1",
                             "n1c5i3x2k2",
                             "n3c4i13x11k5x2s1x2d2x1p3:1x2",
                             "n2c3m2i10x12k3p1+bias",
                             "n1c2m3i9x9k3s2p1",
                             "n1c17i20x20k3d5p5",
                             "n1c1i30x30k3d9p9",
                             "n2c8i6x6k3x4p7+bias",
                             "n1c4i9x70k7p3",
                             "n2c31i9x9k3p1",
                             "n1c3i20x21k3s4x2d2p2",
                             "n1c3i20x21k5s4d2p4+relu",
                             "n2c2i9x9k3s3p1+clip(-3,20)",
                             "n1c2i4x3k3p8",
                             "n1c3i8x8k1s3",
                             "n1c1i3x200k3x31p1x15",
                             "n1c16i6x5k3p1",
                             "n1c2i40x3k31x1p15x0",
                             "n2c3i9x40k3s2p1",
                             "n1c2i12x50k5s2p2",
                             "n1c2i12x50k3x5s2d1x2p1x4",
                             "n1c1i2x3k3s2p1",
                             "n1c1i1x1k3s2p1",
                             "n1c3i4x2k5s2p4",
                             "n2c2i30x31k3x1s2p1x0+relu"}) {
        check_example(text);
    }
}

/// Three dimensions: taps of the depth inside, in the padding and beyond it, in blocks of all
/// kinds.
void test_volumes() {
    for (const char* kernel : {"1", "2x3x3", "3", "3x1x1", "1x3x3", "3x5x4", "5x2x3"}) {
        for (const char* rest : {"p2", "s2p2", "s2x1x3d1x2x1p4", "s1x2x2d3x1x1p7:5x3x3"}) {
            for (const char* size : {"5x9x7", "1x3x20", "6x1x1", "3x8x33"}) {
                check_example("n1c3i" + std::string(size) + "k" + kernel + rest + "+bias");
            }
        }
    }
    for (const char* text : {"n2c3m2i4x5x6k3p1+bias", "n2c17i5x6x9k3p1+relu", "n3c1i4x1x9k3p1",
                             "n1c2i3x4x4k1p4:9x0x0+bias", "n1c2i20x3x3k9x3x3d2x1x1p8x1x1"}) {
        check_example(text);
    }
}

/// The padding contributes nothing, whatever the weights; pack() tells when that needs care.
void test_weights_that_are_not_finite() {
    Example e("n1c3i6x9k3p2");
    std::vector<float> packed(1000);
    const auto is_finite = [&](PlanarOrder order) {
        const simd::PlanarConvolution convolution(e.problem, order, Level::baseline);
        return convolution.pack({e.weights.data(), e.problem.weights_shape()}, {}, packed.data());
    };
    CHECK(is_finite(PlanarOrder::planes) && is_finite(PlanarOrder::channels_last));
    e.weights[0] = std::numeric_limits<float>::infinity();
    e.weights[26] = -e.weights[0];
    CHECK(!is_finite(PlanarOrder::planes) && !is_finite(PlanarOrder::channels_last));
    for (float& value : e.src) value = 1.0f;
    e.expect();
    CHECK(run(e, PlanarOrder::planes, Level::baseline, 4, true) == e.expected);
    CHECK(run(e, PlanarOrder::channels_last, Level::baseline, 4, true) ==
          channels_last(e.expected, e.problem.dst_shape()));
}

void test_activations() {
    for (const char* name : {"relu", "clip(-1,2)", "leaky_relu(0.5)", "leaky_relu(0)", "sigmoid",
                             "tanh", "swish(1)", "swish(0)", "swish(-2)", "hardswish(0.2,0.5)",
                             "hardswish(0,0)", "gelu_erf", "gelu_tanh", "elu(1)", "elu(0)"}) {
        Example e("n1c1i6x50k1+" + std::string(name));
        for (std::size_t i = 0; i < e.src.size(); ++i) {
            e.src[i] = 0.1f * (static_cast<float>(i) - 150.0f);
        }
        e.src[0] = std::numeric_limits<float>::infinity();
        e.src[9] = -e.src[0];
        e.src[20] = std::nanf("");
        e.src[299] = 1e30f;
        e.src[298] = -1e30f;
        e.weights[0] = 1.0f;
        e.expect();
        for (const Level level : levels()) {
            const auto got = run(e, PlanarOrder::planes, level, 4, false);
            for (std::size_t i = 0; i < got.size(); ++i) {
                const float expected = e.expected[i];
                // Values up to 15 of functions that err by less than 4e-7 of their argument.
                const bool close = std::fabs(got[i] - expected) <= 6e-6f;
                CHECK(close || got[i] == expected || (std::isnan(got[i]) && std::isnan(expected)));
            }
        }
    }
}

void test_names() {
    const Problem problem = parse_problem("n1c32i20x20k5x3").normalized();
    CHECK(simd::PlanarConvolution(problem, PlanarOrder::planes, Level::baseline).name() ==
          "planar:baseline 5x3");
    CHECK(simd::PlanarConvolution(problem, PlanarOrder::planes, Level::avx512).name() ==
          "planar:avx512 5x3");
    const Problem volume = parse_problem("n1c2i4x20x20k3x5x1").normalized();
    CHECK(simd::PlanarConvolution(volume, PlanarOrder::planes, Level::baseline).name() ==
          "planar:baseline 3x5x1");
    // A vector of AVX-512 would be half empty.
    const Problem narrow = parse_problem("n1c32i9x9k3").normalized();
    CHECK(simd::PlanarConvolution(narrow, PlanarOrder::planes, Level::avx512).name() ==
          "planar:avx2 3x3");
}

}  // namespace

int main() {
    test_every_size();
    test_lines();
    test_rolling();
    test_other_geometries();
    test_volumes();
    test_weights_that_are_not_finite();
    test_activations();
    test_names();
}
