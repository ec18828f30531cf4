// A program of a separate project, which builds dwconv with add_subdirectory().

#include <cstdio>
#include <dwconv/dwconv.hpp>
#include <vector>

int main() {
    dwconv::Problem problem;
    problem.channels = 2;
    problem.spatial = {2, 4};
    problem.kernel = {1, 3};
    problem.padding = {{0, 0}, {1, 1}};
    problem.activation = dwconv::Activation::make("relu");

    const std::vector<float> src = {1, 2, 3, 4, 5, 6, 7, 8, 1, 1, 1, 1, 2, 2, 2, 2};
    const std::vector<float> weights = {1, 1, 1, 1, 0, -1};
    // Channel 0: sums of three neighbours. Channel 1: left less right, negative ones cut to 0.
    const std::vector<float> expected = {3, 6, 9, 7, 11, 18, 21, 15, 0, 0, 0, 1, 0, 0, 0, 2};

    std::vector<float> dst(expected.size());
    dwconv::depthwise(problem, {src.data(), problem.src_shape()},
                      {weights.data(), problem.weights_shape()}, {},
                      {dst.data(), problem.dst_shape()});

    const bool right = dst == expected;
    std::printf("add_subdirectory consumer: %s\n", right ? "right" : "WRONG");
    return right ? 0 : 1;
}
