// A plan for arrays in NHWC order: weights packed once, memory handed to oneDNN as it lies.

#include <cstdio>
#include <dwconv/dwconv.hpp>
#include <vector>

int main() {
    dwconv::Problem problem;
    problem.channels = 8;
    problem.spatial = {16, 16};
    problem.kernel = {3, 3};
    problem.padding = {{1, 1}, {1, 1}};
    problem.activation = dwconv::Activation::make("relu6");

    // Channel c has the weight c in each tap.
    std::vector<float> weights;
    for (int c = 0; c < 8; ++c) weights.insert(weights.end(), 9, static_cast<float>(c));
    const std::vector<float> bias(8, -1.0f);

    dwconv::PlanOptions options;
    options.src_order = options.dst_order = dwconv::MemoryOrder::channels_last;
    const dwconv::Plan plan(problem, {weights.data(), {8, 1, 3, 3}}, {bias.data(), {8}}, options);
    std::printf("%s: strategy %s, kernel %s\n", dwconv::to_string(plan.problem()).c_str(),
                std::string(dwconv::to_string(plan.strategy())).c_str(),
                plan.implementation().c_str());

    const dwconv::Layout layout("NHWC");
    const std::vector<float> src(16 * 16 * 8, 0.25f);
    std::vector<float> dst(16 * 16 * 8);
    plan.execute(layout.canonical(dwconv::TensorView(src.data(), {1, 16, 16, 8}), "src"),
                 layout.canonical(dwconv::MutableTensorView(dst.data(), {1, 16, 16, 8}), "dst"));

    // Inside, nine taps of c · 0.25, less 1, held between 0 and 6.
    const float* const inside = &dst[(8 * 16 + 8) * 8];
    for (int c = 0; c < 8; ++c) std::printf("channel %d: %g\n", c, inside[c]);
    return inside[0] == 0.0f && inside[1] == 1.25f && inside[7] == 6.0f ? 0 : 1;
}
