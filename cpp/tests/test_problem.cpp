#include <cmath>
#include <limits>
#include <vector>

#include "check.hpp"
#include "dwconv/errors.hpp"
#include "dwconv/layout.hpp"
#include "dwconv/problem.hpp"
#include "dwconv/separable_problem.hpp"

namespace {

using dwconv::Activation;
using dwconv::DataType;
using dwconv::Dims;
using dwconv::parse_problem;
using dwconv::Problem;
using dwconv::check::throws;

Problem typical() {
    Problem p;
    p.batch = 2;
    p.channels = 3;
    p.multiplier = 2;
    p.spatial = {8, 9};
    p.kernel = {3, 5};
    p.stride = {2, 1};
    p.dilation = {1, 2};
    p.padding = {{1, 0}, {2, 2}};
    p.bias = true;
    p.activation = Activation::make("clip", 0.0, 6.0);
    return p;
}

/// Problems that differ from typical() in one field each.
std::vector<Problem> variations() {
    std::vector<Problem> all(18, typical());
    std::size_t i = 0;
    all[i++].batch = 3;
    all[i++].channels = 4;
    all[i++].multiplier = 1;
    all[i++].groups = 1;
    all[i++].spatial = {9, 8};
    all[i++].kernel = {5, 3};
    all[i++].stride = {1, 2};
    all[i++].dilation = {2, 1};
    all[i++].padding = {{0, 1}, {2, 2}};
    all[i++].bias = false;
    all[i++].scale = true;
    all[i++].shift = true;
    all[i++].add = true;
    all[i++].activation = Activation::make("clip", 0.0, 7.0);
    all[i++].activation = Activation::make("relu");
    all[i++].src_dtype = DataType::float16;
    all[i++].weights_dtype = DataType::int8;
    all[i++].dst_dtype = DataType::int32;
    CHECK(i == all.size());
    return all;
}

void test_equality_and_hash() {
    const std::hash<Problem> hash;
    CHECK(typical() == typical());
    CHECK(hash(typical()) == hash(typical()));
    for (const Problem& other : variations()) {
        CHECK(other != typical());
        CHECK(hash(other) != hash(typical()));
    }
}

void test_text() {
    CHECK(to_string(typical()) == "n2c3m2i8x9k3x5s2x1d1x2p1:0x2+bias+clip(0,6)");
    CHECK(parse_problem(to_string(typical())) == typical());
    for (const Problem& other : variations()) CHECK(parse_problem(to_string(other)) == other);
    CHECK(to_string(parse_problem("n1c32i112x112k3p1+relu")) == "n1c32i112x112k3x3p1+relu");
    CHECK(to_string(parse_problem("i8x8k3+relu+add+shift+scale+bias+float16")) ==
          "n1c1i8x8k3x3+bias+scale+shift+add+relu+float16");
    Problem large = typical();
    large.activation = Activation::make("clip", -1e20, 6.0);
    CHECK(to_string(large) == "n2c3m2i8x9k3x5s2x1d1x2p1:0x2+bias+clip(-1.00000002e+20,6)");
    CHECK(parse_problem(to_string(large)) == large);
    large.dst_dtype = DataType::float16;
    CHECK(parse_problem(to_string(large)) == large);
    for (const char* wrong :
         {"", "n1", "n1c2k3", "i8x8", "i8x8k3z", "i8x8k3+", "i8x8k3+foo", "i8x8k3+clip(0",
          "i8x8k3+clip(", "i8x8k3+clip(0,6)x", "i8x8k3+clip(-6-1)", "i8x8k3+clip(0,6,)",
          "i8x8k3+relu()", "i8x8k3+swish(1,)", "i8x8k3p1:", "ixk3", "n99999999999999999999i8x8k3",
          "i1x2x3x4x5x6x7k3"}) {
        CHECK(throws<dwconv::InvalidArgument>([&] { parse_problem(wrong); }));
    }
}

void test_shapes_and_counts() {
    const Problem p = typical();
    CHECK(p.src_shape() == Dims({2, 3, 8, 9}));
    CHECK(p.weights_shape() == Dims({3, 2, 3, 5}));
    // (8 + 1 - 3) / 2 + 1 rows; 9 + 4 - (4 · 2 + 1) + 1 columns
    CHECK(p.dst_shape() == Dims({2, 6, 4, 5}));
    CHECK(p.flops() == 2 * 2 * 6 * 4 * 5 * 3 * 5);
    CHECK(p.nbytes() == 4 * (2 * 3 * 8 * 9 + 3 * 2 * 3 * 5 + 2 * 6 * 4 * 5 + 6));
    CHECK(parse_problem("n1c2i4x4k1x1+add+int8").nbytes() == 32 + 2 + 2 * 32);
    CHECK(parse_problem("n1c2i4x4k1x1+scale+shift").nbytes() == 4 * (32 + 2 + 32 + 2 + 2));
}

void test_groups() {
    const Problem p = parse_problem("n2c12g3m5i8x9k3x2+bias");
    CHECK(to_string(p) == "n2c12g3m5i8x9k3x2+bias");
    CHECK(!p.is_depthwise() && p.group_count() == 3 && p.group_channels() == 4);
    CHECK(p.weights_shape() == Dims({15, 4, 3, 2}));
    CHECK(p.dst_shape() == Dims({2, 15, 6, 8}));
    CHECK(p.flops() == 2 * (2 * 15 * 6 * 8) * 4 * 6);
    CHECK(p.nbytes() == 4 * (2 * 12 * 72 + 15 * 4 * 6 + 15 + 2 * 15 * 48));
    // As many groups as channels are depthwise.
    CHECK(parse_problem("n1c4g4m2i8x8k3") == parse_problem("n1c4m2i8x8k3"));
}

void test_same_padding() {
    const Problem p = parse_problem("n1c1i10x7k4x3s3x2d1x2");
    const auto upper = padding_by(dwconv::PaddingRule::same_upper, p);
    // ceil(10/3) = 4 rows: (4-1)·3 + 4 - 10 = 3; ceil(7/2) = 4 columns: (4-1)·2 + 5 - 7 = 4
    CHECK(upper == dwconv::Paddings({{1, 2}, {2, 2}}));
    const auto lower = padding_by(dwconv::PaddingRule::same_lower, p);
    CHECK(lower == dwconv::Paddings({{2, 1}, {2, 2}}));
}

void test_causal_padding() {
    const Problem p = parse_problem("n1c1i10k4s3d2");
    CHECK(padding_by(dwconv::PaddingRule::causal, p) == dwconv::Paddings({{6, 0}}));
    const Problem plane = parse_problem("n1c1i10x10k4");
    CHECK(throws<dwconv::InvalidArgument>([&] { padding_by(dwconv::PaddingRule::causal, plane); }));
}

/// One spatial dimension.
void test_sequences() {
    const Problem p = parse_problem("n8c256i1000k31p15");
    CHECK(to_string(p) == "n8c256i1000k31p15");
    CHECK(to_string(parse_problem("n1c2m3i9k4s2d3p5:0+bias")) == "n1c2m3i9k4s2d3p5:0+bias");
    CHECK(p.src_shape() == Dims({8, 256, 1000}));
    CHECK(p.weights_shape() == Dims({256, 1, 31}));
    CHECK(p.dst_shape() == Dims({8, 256, 1000}));
    CHECK(p.flops() == 2 * 8 * 256 * 1000 * std::int64_t{31});
}

/// Three.
void test_volumes() {
    const Problem p = parse_problem("n2c64i16x56x56k3x3x3p1");
    CHECK(to_string(p) == "n2c64i16x56x56k3x3x3p1");
    CHECK(to_string(parse_problem("n1c2m3i9x8x7k4s2d3x1x1p5:0x0x1+bias")) ==
          "n1c2m3i9x8x7k4x4x4s2d3x1x1p5:0x0x1+bias");
    CHECK(p.src_shape() == Dims({2, 64, 16, 56, 56}));
    CHECK(p.weights_shape() == Dims({64, 1, 3, 3, 3}));
    CHECK(p.dst_shape() == Dims({2, 64, 16, 56, 56}));
    CHECK(p.flops() == 2 * 2 * 64 * 16 * 56 * 56 * std::int64_t{27});
    CHECK(!throws<std::exception>([&] { p.validate(); }));
    const Problem grouped = parse_problem("n1c4g2i8x8x8k3");
    CHECK(throws<dwconv::Unsupported>([&] { grouped.validate(); }));
}

void test_validation() {
    CHECK(!throws<std::exception>([] { typical().validate(); }));
    const auto invalid = [](auto change) {
        Problem p = typical();
        change(p);
        return throws<dwconv::InvalidArgument>([&] { p.validate(); });
    };
    CHECK(invalid([](Problem& p) { p.batch = -1; }));
    CHECK(invalid([](Problem& p) { p.channels = 0; }));
    CHECK(invalid([](Problem& p) { p.multiplier = 0; }));
    CHECK(invalid([](Problem& p) { p.groups = 2; }));
    CHECK(invalid([](Problem& p) { p.groups = -1; }));
    CHECK(invalid([](Problem& p) { p.spatial = {0, 9}; }));
    CHECK(invalid([](Problem& p) { p.kernel = {3}; }));
    CHECK(invalid([](Problem& p) { p.kernel = {3, 0}; }));
    CHECK(invalid([](Problem& p) { p.stride = {1, 0}; }));
    CHECK(invalid([](Problem& p) { p.stride = {1, 1, 1}; }));
    CHECK(invalid([](Problem& p) { p.dilation = {0, 1}; }));
    CHECK(invalid([](Problem& p) { p.padding = {{-1, 0}, {0, 0}}; }));
    CHECK(invalid([](Problem& p) { p.kernel = {10, 1}; }));
    const std::int64_t huge = std::numeric_limits<std::int64_t>::max();
    CHECK(invalid([=](Problem& p) { p.batch = huge; }));
    CHECK(invalid([=](Problem& p) { p.dilation = {huge, huge}; }));
    CHECK(invalid([=](Problem& p) { p.padding = {{huge, huge}, {huge, huge}}; }));
    CHECK(invalid([](Problem& p) { p.spatial = {2147483647, 2147483647}; }));
    CHECK(invalid([](Problem& p) { p.spatial = {9}; }));
    // Activations whose fields were set by hand.
    CHECK(invalid([](Problem& p) { p.activation.alpha = std::nanf(""); }));
    CHECK(invalid([](Problem& p) { p.activation.alpha = 7.0f; }));
    CHECK(invalid([](Problem& p) {
        p.activation = {dwconv::ActivationKind::leaky_relu, std::nanf(""), 0.0f};
    }));
    CHECK(invalid([](Problem& p) { p.activation = {dwconv::ActivationKind::relu, 0.5f, 0.0f}; }));
    CHECK(invalid([](Problem& p) { p.activation = {dwconv::ActivationKind::elu, 1.0f, 1.0f}; }));
    CHECK(!throws<std::exception>([] { parse_problem("n1c1i8k3").validate(); }));
    CHECK(!throws<std::exception>([] { parse_problem("n1c1i8x8x8k3").validate(); }));
    CHECK(throws<dwconv::InvalidArgument>([] { parse_problem("n1c1i8x8x8x8k3"); }));
}

void test_types() {
    const auto refused = [](const char* text) {
        return throws<dwconv::InvalidType>([&] { parse_problem(text).validate(); });
    };
    for (const char* text :
         {"n1c2i8x8k3x3+float16", "n1c2i8x8k3x3+bias+bfloat16>float32", "n1c2i8x8k3x3+uint8*int8",
          "n1c2i8x8k3x3+relu+int8>int32", "n1c2i8x8k3x3+float32>float16"}) {
        CHECK(!refused(text));
        CHECK(to_string(parse_problem(text)) == text);
    }
    for (const char* text :
         {"i8x8k3+float16*float32", "i8x8k3+int32", "i8x8k3+float32>int8",
          "i8x8k3+float16>bfloat16", "i8x8k3+int8>float16", "c4g2i8x8k3+float16"}) {
        CHECK(refused(text));
    }
    try {
        parse_problem("c4g2i8x8k3+float32>float16").validate();
        CHECK(false);
    } catch (const dwconv::InvalidType& error) {
        CHECK(error.complaint().argument == "out_dtype");
        CHECK(error.complaint().given == "float16");
    }
    CHECK(throws<dwconv::InvalidArgument>(
        [] { parse_problem("i8x8k3+gelu_erf+int8>int32").validate(); }));
    for (const char* wrong : {"i8x8k3+float64", "i8x8k3+int8*", "i8x8k3+int8>", "i8x8k3+>int8"}) {
        CHECK(throws<dwconv::InvalidArgument>([&] { parse_problem(wrong); }));
    }
    dwconv::SeparableProblem separable;
    separable.depthwise = parse_problem("n1c2i8x8k3x3+float16");
    separable.outputs = 2;
    CHECK(throws<dwconv::InvalidType>([&] { separable.validate(); }));
    CHECK(parse_problem("n1c2i4x4k1x1+bias+int8>int32").nbytes() == 32 + 2 + 8 + 128);
}

void test_activation_limits() {
    const double inf = std::numeric_limits<double>::infinity();
    for (const char* name : {"relu", "relu6", "leaky_relu", "sigmoid", "tanh", "swish", "hardswish",
                             "gelu", "gelu_tanh", "elu"}) {
        const Activation f = Activation::make(name);
        CHECK(std::isnan(f(std::nan(""))));
        CHECK(!std::isnan(f(inf)));
        CHECK(!std::isnan(f(-inf)));
        // The limit is what far values come to.
        CHECK(f(inf) == f(1e300) || (std::isinf(f(inf)) && f(1e300) == 1e300));
        CHECK(f(-inf) == f(-1e4) || std::isinf(f(-inf)));
    }
    CHECK(Activation::make("swish", -1.0)(inf) == 0.0);
    CHECK(Activation::make("swish", 0.0)(-inf) == -inf);
}

void test_layouts() {
    const std::vector<float> data(2 * 3 * 4 * 5);
    const dwconv::TensorView view(data.data(), {2, 4, 5, 3});
    const auto canonical = dwconv::Layout("NHWC").canonical(view, "src");
    CHECK(canonical.shape == Dims({2, 3, 4, 5}));
    CHECK(canonical.strides == Dims({60, 1, 15, 3}));
    CHECK(dwconv::Layout("NHWC").from_canonical(canonical.shape) == view.shape);
    CHECK(memory_order(canonical) == dwconv::MemoryOrder::channels_last);
    const auto image = dwconv::Layout("HWC").canonical({data.data(), {4, 5, 3}}, "src");
    CHECK(image.shape == Dims({1, 3, 4, 5}));
    CHECK(throws<dwconv::InvalidArgument>([&] { dwconv::Layout("HWC").canonical(view, "src"); }));
    CHECK(throws<dwconv::InvalidArgument>([] { dwconv::Layout("NHCW"); }));
    const auto volume = dwconv::Layout("DHWC").canonical({data.data(), {2, 2, 5, 3}}, "src");
    CHECK(volume.shape == Dims({1, 3, 2, 2, 5}));
    const auto sequence = dwconv::Layout("NWC").canonical({data.data(), {4, 5, 3}}, "src");
    CHECK(sequence.shape == Dims({4, 3, 5}));
    CHECK(sequence.strides == Dims({15, 1, 3}));
    CHECK(dwconv::Layout("WC").from_canonical({1, 3, 5}) == Dims({5, 3}));
    CHECK(dwconv::Layout("CW").canonical({data.data(), {3, 5}}, "src").shape == Dims({1, 3, 5}));
    CHECK(throws<dwconv::InvalidArgument>(
        [&] { dwconv::canonical_weights({data.data(), {4, 1, 3, 3}}, 3, 2); }));
    CHECK(throws<dwconv::InvalidArgument>(
        [&] { dwconv::canonical_weights({data.data(), {4, 1, 3, 3}}, 0, 2); }));
    CHECK(dwconv::canonical_weights({data.data(), {6, 1, 2, 2}}, 3, 2).strides ==
          Dims({8, 4, 2, 1}));
}

}  // namespace

int main() {
    test_equality_and_hash();
    test_text();
    test_shapes_and_counts();
    test_groups();
    test_same_padding();
    test_causal_padding();
    test_sequences();
    test_volumes();
    test_validation();
    test_types();
    test_activation_limits();
    test_layouts();
}
