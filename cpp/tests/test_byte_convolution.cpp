#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "check.hpp"
#include "dwconv/problem.hpp"
#include "dwconv/tensor_view.hpp"
#include "onednn/library.hpp"
#include "onednn/scratch.hpp"
#include "simd/byte_convolution.hpp"
#include "simd/pair_convolution.hpp"
#include "simd/pairs_levels.hpp"
#include "simd/quad_convolution.hpp"
#include "simd/quads_levels.hpp"

namespace {

using namespace dwconv;
using simd::ByteConvolution;
using simd::PairConvolution;
using simd::PlanarOrder;
using simd::QuadConvolution;
using Made = std::unique_ptr<const ByteConvolution>;

/// A problem with numbers from one end of their types to the other, and what it is by definition.
struct Example {
    Problem problem;
    PlanarOrder order;
    int src_zero;
    int dst_zero;
    std::vector<std::uint8_t> src;  ///< bytes, of either type
    std::vector<float> weights;     ///< less their zero points
    std::vector<std::int32_t> bias;
    std::vector<float> multipliers;

    /// Weights up to `largest` in magnitude, and biases.
    Example(const std::string& text, PlanarOrder memory, int largest, std::int64_t largest_bias)
        : problem(parse_problem(text).normalized()), order(memory) {
        std::mt19937 random(7);
        const auto any = [&](std::int64_t least, std::int64_t most) {
            return std::uniform_int_distribution<std::int64_t>(least, most)(random);
        };
        src_zero = static_cast<int>(src_signed() ? any(-128, 127) : any(0, 255));
        dst_zero = static_cast<int>(dst_signed() ? any(-128, 127) : any(0, 255));
        src.resize(static_cast<std::size_t>(element_count(problem.src_shape())));
        for (auto& byte : src) byte = static_cast<std::uint8_t>(any(0, 255));
        weights.resize(static_cast<std::size_t>(element_count(problem.weights_shape())));
        for (auto& weight : weights) weight = static_cast<float>(any(-largest, largest));
        for (std::int64_t c = 0; c < problem.out_channels(); ++c) {
            bias.push_back(static_cast<std::int32_t>(any(-largest_bias, largest_bias)));
            multipliers.push_back(std::ldexp(static_cast<float>(any(1, 15)), -15));
        }
    }

    bool src_signed() const { return problem.src_dtype == DataType::int8; }
    bool dst_signed() const { return problem.dst_dtype == DataType::int8; }

    /// Where an element is in an array of so many channels and columns.
    std::size_t at(std::int64_t n, std::int64_t c, std::int64_t row, std::int64_t column,
                   const Dims& shape) const {
        const std::int64_t index = order == PlanarOrder::planes
                                       ? ((n * shape[1] + c) * shape[2] + row) * shape[3] + column
                                       : ((n * shape[2] + row) * shape[3] + column) * shape[1] + c;
        return static_cast<std::size_t>(index);
    }

    std::int64_t sum(std::int64_t n, std::int64_t c, std::int64_t row, std::int64_t column) const {
        std::int64_t total = bias[static_cast<std::size_t>(c)];
        for (std::int64_t i = 0; i < problem.kernel[0]; ++i) {
            for (std::int64_t j = 0; j < problem.kernel[1]; ++j) {
                const std::int64_t y =
                    row * problem.stride[0] - problem.padding[0].low + i * problem.dilation[0];
                const std::int64_t x =
                    column * problem.stride[1] - problem.padding[1].low + j * problem.dilation[1];
                if (y < 0 || x < 0 || y >= problem.spatial[0] || x >= problem.spatial[1]) continue;
                const std::uint8_t byte =
                    src[at(n, c / problem.multiplier, y, x, problem.src_shape())];
                const int value = src_signed() ? static_cast<std::int8_t>(byte) : byte;
                const std::int64_t tap = (c * problem.kernel[0] + i) * problem.kernel[1] + j;
                total += (value - src_zero) *
                         static_cast<std::int64_t>(weights[static_cast<std::size_t>(tap)]);
            }
        }
        return total;
    }

    std::vector<std::uint8_t> expected() const {
        const Dims shape = problem.dst_shape();
        std::vector<std::uint8_t> dst(static_cast<std::size_t>(element_count(shape)));
        const double least = dst_signed() ? -128 : 0;
        for (std::int64_t n = 0; n < shape[0]; ++n) {
            for (std::int64_t c = 0; c < shape[1]; ++c) {
                for (std::int64_t row = 0; row < shape[2]; ++row) {
                    for (std::int64_t column = 0; column < shape[3]; ++column) {
                        const float product = static_cast<float>(sum(n, c, row, column)) *
                                              multipliers[static_cast<std::size_t>(c)];
                        const double value = std::nearbyint(double{product}) + dst_zero;
                        dst[at(n, c, row, column, shape)] = static_cast<std::uint8_t>(
                            static_cast<int>(std::clamp(value, least, least + 255)));
                    }
                }
            }
        }
        return dst;
    }
};

/// By each kernel that this processor has and that serves the problem.
std::vector<Made> convolutions_of(const Problem& problem, PlanarOrder order) {
    std::vector<Made> made;
    if (onednn::simd_level() == simd::Level::baseline) return made;
    const auto add_quads = [&](const simd::QuadKernels& kernels) {
        if (!QuadConvolution::serves(problem, order, kernels)) return;
        made.push_back(std::make_unique<QuadConvolution>(problem, order, kernels));
    };
    if (onednn::has_vnni()) add_quads(simd::quads_avx512);
    add_quads(simd::quads_avx2);
    if (PairConvolution::serves(problem, order)) {
        made.push_back(std::make_unique<PairConvolution>(problem, order, simd::pairs_avx2));
    }
    return made;
}

/// In bands of so many rows and strips; what follows the array must not be touched.
std::vector<std::uint8_t> run(const ByteConvolution& convolution, const Example& e,
                              std::int64_t rows, std::int64_t strips) {
    const onednn::AlignedBuffer packed(convolution.packed_size());
    const onednn::AlignedBuffer scratch(convolution.scratch_size());
    convolution.pack(
        {e.weights.data(), e.bias.data(), e.multipliers.data(), e.src_zero, e.dst_zero},
        packed.data());
    constexpr std::size_t more = 100;
    constexpr std::uint8_t untouched = 99;
    const auto count = static_cast<std::size_t>(element_count(e.problem.dst_shape()));
    std::vector<std::uint8_t> dst(count + more, untouched);
    for (std::int64_t strip = 0; strip < convolution.strips(); strip += strips) {
        for (std::int64_t row = 0; row < convolution.rows(); row += rows) {
            convolution.run({e.src.data(), dst.data(), packed.data()},
                            {strip, std::min(strip + strips, convolution.strips()), row,
                             std::min(row + rows, convolution.rows())},
                            scratch.data());
        }
    }
    for (std::size_t i = count; i < dst.size(); ++i) CHECK(dst[i] == untouched);
    dst.resize(count);
    return dst;
}

void check_example(const std::string& text, int largest = 128, std::int64_t largest_bias = 5000) {
    for (const PlanarOrder order : {PlanarOrder::planes, PlanarOrder::channels_last}) {
        for (const char* types : {"+uint8", "+int8", "+int8*int8>uint8", "+uint8*int8>int8"}) {
            const Example e(text + types, order, largest, largest_bias);
            const std::vector<Made> convolutions = convolutions_of(e.problem, order);
            if (convolutions.empty()) continue;
            const std::vector<std::uint8_t> expected = e.expected();
            for (const Made& convolution : convolutions) {
                for (const auto& [rows, strips] : {std::pair{1000, 1000}, std::pair{3, 2}}) {
                    if (run(*convolution, e, rows, strips) == expected) continue;
                    std::fprintf(stderr, "%s%s, order %d, by %s, in bands of %d rows\n",
                                 text.c_str(), types, static_cast<int>(order),
                                 convolution->name().c_str(), rows);
                    CHECK(false);
                }
            }
        }
    }
}

void test_geometries() {
    for (const char* kernel : {"1", "2x3", "3", "4", "5", "7", "3x9"}) {
        for (const char* rest : {"p1", "s2p3", "d2p2", "s3x4p2", "s2x1d1x3p4", "s1x6p0"}) {
            for (const char* shape : {"n1c1i9x7", "n2c3i12x33", "n1c16i11x20", "n3c20i5x5",
                                      "n1c72i9x19", "n1c130i4x9"}) {
                const std::string text = std::string(shape) + "k" + kernel + rest;
                // Some kernels are larger than what they are for.
                const Problem problem = parse_problem(text + "+uint8").normalized();
                const Dims output = problem.output_spatial();
                if (output[0] > 0 && output[1] > 0) check_example(text);
            }
        }
    }
}

void test_long_rows_and_depth_multipliers() {
    for (const char* text :
         {"n1c1i3x1500k3p1", "n1c2i70x600k5s2p2", "n2c64i30x40k3p1", "n1c1i1x3000k1x31p0x15",
          "n1c40i50x50k9d3p12", "n2c3m3i13x14k3s2p1", "n1c4i20x21k3p9", "n1c2i4x5k3s7p12"}) {
        check_example(text);
    }
}

/// Weights less a zero point that no int8 holds, and sums that no int32 does.
void test_ends_of_types() {
    check_example("n1c20i9x20k3p1", 255);
    check_example("n1c3i40x41k33p5", 255);
    check_example("n1c20i9x20k3p1", 255, std::numeric_limits<std::int32_t>::max());
}

/// Rows shorter than vectors, of many planes, and somewhat longer ones; channels that vectors do
/// not divide.
void test_widths() {
    for (int columns = 1; columns <= 36; ++columns) {
        for (const char* rest : {"k3p1", "k3s2p1", "k5p2", "k5s2p2", "k3s2p0x2", "k5p4x0"}) {
            const int rows = 3 + columns % 5;
            const std::string text = "n2c" + std::to_string(13 + columns) + "i" +
                                     std::to_string(rows) + "x" + std::to_string(columns) + rest;
            const Dims output = parse_problem(text + "+uint8").normalized().output_spatial();
            if (output[0] > 0 && output[1] > 0) check_example(text);
        }
    }
}

void test_what_is_served() {
    const auto served_by = [](const char* text, PlanarOrder order, simd::Level level, bool vnni) {
        const Problem problem = parse_problem(text).normalized();
        const Made made = simd::make_byte_convolution(problem, order, level, vnni);
        return made == nullptr ? std::string("none") : made->name();
    };
    const auto avx2 = [&](const char* text, PlanarOrder order) {
        return served_by(text, order, simd::Level::avx2, false);
    };
    const PlanarOrder planes = PlanarOrder::planes;
    const PlanarOrder last = PlanarOrder::channels_last;
    CHECK(avx2("n1c32m2i9x9k3+uint8", planes) == "pairs:avx2 3x3");
    CHECK(avx2("n1c32m2i9x9k3+uint8", last) == "none");
    CHECK(avx2("n1c1001i9x9k3+uint8", last) == "pairs:avx2 3x3");
    CHECK(avx2("n1c1001i9x9k7+uint8", last) == "none");
    CHECK(avx2("n1c1000i9x9k7+uint8", last) == "quads:avx2 7x7");
    CHECK(avx2("n1c15i9x9k3+uint8", last) == "quads:avx2 3x3");
    CHECK(avx2("n1c32i9x9k5s2p4+uint8", planes) == "pairs:avx2 5x5");
    CHECK(avx2("n1c32i9x9k5s2p5+uint8", planes) == "quads:avx2 5x5");
    CHECK(avx2("n1c32i9x9k3d2+uint8", planes) == "quads:avx2 3x3");
    CHECK(avx2("n1c32i20x20k5x3+uint8", planes) == "quads:avx2 5x3");
    CHECK(avx2("n1c2i9x9x9k3+uint8", planes) == "none");
    CHECK(avx2("n1c1i300x300k200+uint8", planes) == "none");
    const char* const usual = "n1c32i20x20k3+uint8";
    CHECK(served_by(usual, planes, simd::Level::baseline, false) == "none");
    CHECK(served_by(usual, planes, simd::Level::avx512, false) == "pairs:avx2 3x3");
    CHECK(served_by(usual, planes, simd::Level::avx512, true) == "quads:avx512_vnni 3x3");
}

}  // namespace

int main() {
    test_what_is_served();
    if (onednn::simd_level() == simd::Level::baseline) {
        std::puts("no AVX2: what needs it is not tested");
        return 0;
    }
    test_geometries();
    test_widths();
    test_long_rows_and_depth_multipliers();
    test_ends_of_types();
}
