#include <vector>

#include "check.hpp"
#include "dwconv/errors.hpp"
#include "onednn/conv_kernel.hpp"
#include "onednn/library.hpp"
#include "onednn/reorder.hpp"
#include "onednn/scratch.hpp"
#include "reference.hpp"

namespace {

using namespace dwconv::onednn;

KernelGeometry geometry_of(std::int64_t channels, std::int64_t size, std::int64_t kernel) {
    KernelGeometry g;
    g.channels = channels;
    g.input = g.output = {size, size};
    g.kernel = {kernel, kernel};
    g.stride = g.dilation = {1, 1};
    g.pad_low = {kernel / 2, kernel / 2};
    g.pad_high = {(kernel - 1) / 2, (kernel - 1) / 2};
    return g;
}

void test_descriptors() {
    KernelGeometry g = geometry_of(32, 16, 3);
    const Descriptors d = descriptors_of(g);
    using Dims = dnnl::memory::dims;
    CHECK(d.src.get_dims() == Dims({1, 32, 16, 16}));
    CHECK(d.weights.get_dims() == Dims({32, 1, 1, 3, 3}));
    CHECK(d.dst.get_dims() == Dims({1, 32, 16, 16}));
    CHECK(d.src.get_strides() == Dims({16 * 16 * 32, 1, 16 * 32, 32}));
    CHECK(d.weights.get_format_kind() == dnnl::memory::format_kind::any);
    g.layouts = Layouts::any;
    CHECK(descriptors_of(g).src.get_format_kind() == dnnl::memory::format_kind::any);
    CHECK(descriptors_of(g).dst.get_format_kind() == dnnl::memory::format_kind::any);
    g.multiplier = 2;
    CHECK(descriptors_of(g).weights.get_dims() == Dims({32, 2, 1, 3, 3}));
    CHECK(descriptors_of(g).dst.get_dims() == Dims({1, 64, 16, 16}));
}

void test_fast_names() {
    CHECK(is_fast_implementation("brdgmm_dw:avx512_core"));
    CHECK(is_fast_implementation("jit_dw:sse41"));
    CHECK(!is_fast_implementation("jit:avx512_core"));
    CHECK(!is_fast_implementation("x64:gemm:jit"));
    CHECK(!is_fast_implementation("ref:any"));
    CHECK(ConvKernel(geometry_of(16, 16, 3)).is_fast());
    KernelGeometry dilated = geometry_of(16, 40, 3);
    dilated.dilation = {9, 9};
    dilated.pad_low = dilated.pad_high = {9, 9};
    CHECK(!ConvKernel(dilated).is_fast());
}

/// What oneDNN throws is ours when it gets out.
void test_errors() {
    KernelGeometry g = geometry_of(16, 16, 3);
    g.channels = -16;
    CHECK(dwconv::check::throws<dwconv::BackendError>([&] { ConvKernel{g}; }));
    const dwconv::TensorView negative(nullptr, dwconv::DataType::float32, {1, 2, -3, 4},
                                      {24, 12, 4, 1});
    CHECK(dwconv::check::throws<dwconv::BackendError>([&] { describe(negative); }));
}

/// The packed weights, unpacked by oneDNN, are the weights.
void check_packing(std::int64_t channels, std::int64_t size) {
    const ConvKernel kernel(geometry_of(channels, 12, size));
    CHECK(kernel.weights_format().has_value());
    const auto weights = dwconv::check::integers(channels * size * size, 3);
    const dwconv::TensorView view(weights.data(), {channels, 1, size, size});
    AlignedBuffer packed(kernel.weights_size());
    pack_weights(view, {0, channels, {0, 0}, {size, size}}, *kernel.weights_format(),
                 dwconv::simd::transpose_for(simd_level()), packed.data());
    AlignedBuffer by_onednn(kernel.weights_size());
    Reorder(plain_weights(kernel.geometry()), kernel.weights_desc())(weights.data(),
                                                                     by_onednn.data());
    for (std::size_t i = 0; i < kernel.weights_size(); ++i) {
        CHECK(packed.data()[i] == by_onednn.data()[i]);
    }
}

}  // namespace

int main() {
    test_descriptors();
    test_fast_names();
    test_errors();
    for (const std::int64_t channels : {1, 3, 8, 16, 20, 33, 64}) {
        for (const std::int64_t size : {1, 2, 3, 5}) check_packing(channels, size);
    }
}
