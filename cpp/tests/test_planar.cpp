#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "planar_example.hpp"

namespace {

using namespace dwconv;
using namespace dwconv::check;

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

/// Kernels whose sums roll down the rows: planes narrower and wider than vectors, many and few of
/// them, lower and higher than a band, with all the padding that they skip.
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
    for (const char* rest : {"p3", "p0x3", "p1:6x6:2", "d1x2p3"}) {
        for (const std::int64_t width : {5, 8, 9, 14, 16, 17, 31, 32, 33}) {
            for (const std::int64_t height : {7, 35}) {
                const std::string size = std::to_string(height) + "x" + std::to_string(width);
                check("n2c7i" + size + "k7" + rest + "+bias");
            }
        }
    }
    for (const char* text :
         {"n2c7i1x1k7p3", "n2c7i2x3k7p5", "n2c7i1x1k3p1", "n2c7i2x3k3p1", "n2c7i3x2k3s2p1",
          "n1c14i4x4k3p2", "n2c7i2x3k5p2", "n2c7i3x2k5s2p3", "n1c14i4x4k5p4"}) {
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

/// Rows a multiple of a page apart, which are copied to where they do not collide, or of which
/// fewer are computed at once.
void test_rows_of_whole_pages() {
    for (const char* text :
         {"n1c64i12x16k5p2+bias", "n2c128i9x8k7p3+relu", "n1c32i10x32k9x3p0",
          "n1c128i11x8k5x4d2x1p3:1x2", "n1c64i13x16k5x1s2x1p0", "n1c64i8x16k5",
          "n2c2i9x1024k7p3+bias", "n1c1i20x1024k9x3p0", "n1c2i9x1024k11x2p5x0+relu",
          "n1c1i16x512k5x4s2x1d1x2p2x3", "n1c4i15x256k3p1+bias", "n2c1i12x1024k3x4p1",
          "n1c1i9x1024k2x3p1x0", "n1c2i13x512k3s2x1p1"}) {
        check_example(text);
    }
}

/// The same in volumes, whose planes keep what is copied for those that follow: all of them, and
/// of two volumes, in one part.
void test_volumes_of_whole_pages() {
    for (const char* text :
         {"n2c64i6x10x8k3p1+bias", "n2c128i4x9x8k2x3x3p1x1x1", "n1c128i7x19x8k3x5x3s1x2x1p1x2x1",
          "n2c128i9x9x8k3x3x3s2x1x1p1", "n1c128i8x9x8k3x3x3d2x1x1p2x1x1+relu",
          "n1c128i3x20x8k5x3x2p3x1x0", "n1c128i5x9x8k3s3x1x1p4x1x1"}) {
        check_example(text);
        const Example e(text);
        const std::vector<float> expected = channels_last(e.expected, e.problem.dst_shape());
        for (const Level level : levels()) {
            CHECK(run(e, PlanarOrder::channels_last, level, 1000, false, 100) == expected);
        }
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
    test_rows_of_whole_pages();
    test_volumes_of_whole_pages();
    test_volumes();
    test_weights_that_are_not_finite();
    test_activations();
    test_names();
}
