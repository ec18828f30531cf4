// A program of a separate project, which found an installed dwconv with find_package().

#include <cstdio>
#include <dwconv/dwconv.hpp>
#include <vector>

int main() {
    dwconv::Problem problem;
    problem.batch = 1;
    problem.channels = 2;
    problem.spatial = {3, 3};
    problem.kernel = {2, 2};

    const std::vector<float> src = {1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 8, 7, 6, 5, 4, 3, 2, 1};
    const std::vector<float> weights = {1, 0, 0, 1, 0, 2, -1, 0};
    const std::vector<float> bias = {10, 100};
    // Channel 0: x[i][j] + x[i+1][j+1] + 10. Channel 1: 2·x[i][j+1] - x[i+1][j] + 100.
    const std::vector<float> expected = {16, 18, 22, 24, 110, 109, 107, 106};

    std::vector<float> dst(expected.size());
    const dwconv::Plan plan(problem, {weights.data(), problem.weights_shape()}, {bias.data(), {2}});
    plan.execute({src.data(), problem.src_shape()}, {dst.data(), {1, 2, 2, 2}});

    bool refused = false;
    try {
        problem.stride = {0, 1};
        problem.validate();
    } catch (const dwconv::InvalidArgument& error) {
        refused = true;
        std::printf("refused as it should be: %s\n", error.what());
    }

    const dwconv::Config config = dwconv::get_config();
    std::printf("dwconv %s, oneDNN %s: %s\n", config.version.c_str(), config.onednn_version.c_str(),
                config.onednn_path.c_str());
    const bool right = dst == expected && refused && config.version == DWCONV_VERSION;
    std::printf("find_package consumer: %s\n", right ? "right" : "WRONG");
    return right ? 0 : 1;
}
