// Depthwise convolution in one call, on arrays in NCHW order.

#include <cstdio>
#include <dwconv/dwconv.hpp>
#include <vector>

int main() {
    const dwconv::Problem problem = dwconv::parse_problem("n1c32i112x112k3x3p1+relu");
    const std::vector<float> src(1 * 32 * 112 * 112, 1.0f);
    const std::vector<float> weights(32 * 3 * 3, 0.5f);
    std::vector<float> dst(1 * 32 * 112 * 112);

    dwconv::depthwise(problem, {src.data(), problem.src_shape()},
                      {weights.data(), problem.weights_shape()}, {},
                      {dst.data(), problem.dst_shape()});

    const dwconv::CacheInfo cache = dwconv::cache_info();
    std::printf("corner %g, inside %g; cache: %zu plan(s), %llu miss(es)\n", dst[0], dst[113],
                cache.size, static_cast<unsigned long long>(cache.misses));
    // Four taps of the kernel meet the image at its corner, nine inside.
    return dst[0] == 2.0f && dst[113] == 4.5f ? 0 : 1;
}
