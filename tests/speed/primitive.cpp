// The bare oneDNN primitive as its own users would run it: nhwc, oneDNN's own threads, warm
// buffers.
//
//     primitive CHANNELS SIZE KERNEL THREADS ROUNDS
//
// Prints the median time of a call in microseconds, once for each line read from standard input.

#include <dnnl.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <unordered_map>
#include <vector>

extern "C" void omp_set_num_threads(int);

int main(int count, char** arguments) {
    if (count != 6) return 2;
    const auto number = [&](int i) { return std::strtol(arguments[i], nullptr, 10); };
    const long channels = number(1), size = number(2), kernel = number(3), rounds = number(5);
    omp_set_num_threads(static_cast<int>(number(4)));
    using dnnl::memory;
    constexpr auto f32 = memory::data_type::f32;
    dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    dnnl::stream stream(engine);
    const memory::desc image({1, channels, size, size}, f32, memory::format_tag::nhwc);
    const memory::desc weights({channels, 1, 1, kernel, kernel}, f32, memory::format_tag::any);
    const memory::dims one = {1, 1}, none = {0, 0}, pad = {kernel / 2, kernel / 2};
    const dnnl::convolution_forward::primitive_desc description(
        engine, dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, image,
        weights, memory::desc(), image, one, none, pad, pad);
    const dnnl::convolution_forward convolution(description);
    std::vector<float> src(static_cast<std::size_t>(channels * size * size), 1.0f), dst(src.size());
    std::vector<float> packed(description.weights_desc().get_size() / sizeof(float), 1.0f);
    const std::unordered_map<int, memory> call = {
        {DNNL_ARG_SRC, memory(image, engine, src.data())},
        {DNNL_ARG_WEIGHTS, memory(description.weights_desc(), engine, packed.data())},
        {DNNL_ARG_DST, memory(image, engine, dst.data())}};
    std::array<char, 64> line{};
    while (std::fgets(line.data(), static_cast<int>(line.size()), stdin) != nullptr) {
        std::vector<double> times;
        for (long i = 0; i < rounds; ++i) {
            const auto start = std::chrono::steady_clock::now();
            convolution.execute(stream, call);
            stream.wait();
            const std::chrono::duration<double, std::micro> time =
                std::chrono::steady_clock::now() - start;
            times.push_back(time.count());
        }
        std::nth_element(times.begin(), times.begin() + rounds / 2, times.end());
        std::printf("%.3f\n", times[static_cast<std::size_t>(rounds / 2)]);
        std::fflush(stdout);
    }
}
