#include "dwconv/measure.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string>

#include "dwconv/errors.hpp"
#include "onednn/library.hpp"
#include "parallel.hpp"
#include "simd/rates.hpp"

namespace dwconv::measure {

namespace {

using Clock = std::chrono::steady_clock;

/// A sample shorter than this is mostly the clock.
constexpr double shortest_sample = 50e-6;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

void require(int threads, double seconds) {
    if (threads < 1) throw InvalidArgument({"threads", "at least 1", std::to_string(threads)});
    if (!(seconds >= 0)) throw InvalidArgument({"seconds", "at least 0", std::to_string(seconds)});
}

/// Results that are kept only so that the compiler does not drop what made them.
void keep(float value) noexcept {
    static volatile float kept;
    kept = value;
}

/// Floats on pages like those of a NumPy array, which asks for huge ones from 4 MiB on.
class Pages {
public:
    explicit Pages(std::int64_t floats) {
        constexpr std::size_t page = 4096, huge_from = std::size_t{4} << 20;
        const std::size_t bytes = static_cast<std::size_t>(floats) * sizeof(float);
        const std::size_t rounded = (std::max<std::size_t>(bytes, 1) + page - 1) / page * page;
        data_.reset(static_cast<float*>(std::aligned_alloc(page, rounded)));
        if (!data_) throw std::bad_alloc();
        // Only a hint: where it fails the pages are small.
        if (bytes >= huge_from) madvise(data_.get(), rounded, MADV_HUGEPAGE);
        std::fill_n(data_.get(), floats, 1.0f);
    }
    float* data() const noexcept { return data_.get(); }

private:
    struct Free {
        void operator()(float* data) const noexcept { std::free(data); }
    };
    std::unique_ptr<float, Free> data_;
};

float copy_bytes(const float* src, std::int64_t src_size, float* dst, std::int64_t dst_size,
                 const simd::RateKernels& kernels) {
    const std::int64_t both = std::min(src_size, dst_size);
    std::memcpy(dst, src, static_cast<std::size_t>(both) * sizeof(float));
    return kernels.copy(src + both, src_size - both, dst + both, dst_size - both);
}

/// Calls `sample(repetitions)` until the time is over; each returns the seconds of one repetition.
template <class Sample>
std::vector<double> samples(double seconds, Sample sample) {
    std::int64_t repetitions = 1;
    double one = sample(repetitions);  // warms up as well
    while (one * static_cast<double>(repetitions) < shortest_sample && repetitions < 1 << 20) {
        repetitions *= 2;
        one = sample(repetitions);
    }
    std::vector<double> times;
    const auto start = Clock::now();
    do {
        times.push_back(sample(repetitions));
    } while (seconds_since(start) < seconds);
    return times;
}

}  // namespace

std::vector<double> copy_seconds(const Copy& copy, double seconds) {
    require(copy.threads, seconds);
    const auto src_size = static_cast<std::int64_t>(copy.src_bytes / sizeof(float));
    const auto dst_size = static_cast<std::int64_t>(copy.dst_bytes / sizeof(float));
    const Pages src(src_size), dst(dst_size);
    const simd::RateKernels kernels = simd::rate_kernels_for(onednn::simd_level());
    // One part a thread, the same in each copy, so that what fits into a core's cache stays there.
    const std::int64_t parts = copy.threads;
    const auto copy_part = [&](std::int64_t part) {
        const std::int64_t src_from = src_size * part / parts;
        const std::int64_t dst_from = dst_size * part / parts;
        const std::int64_t src_part = src_size * (part + 1) / parts - src_from;
        const std::int64_t dst_part = dst_size * (part + 1) / parts - dst_from;
        const float* const from = src.data() + src_from;
        float* const to = dst.data() + dst_from;
        keep(copy.method == CopyMethod::memcpy ? copy_bytes(from, src_part, to, dst_part, kernels)
                                               : kernels.copy(from, src_part, to, dst_part));
    };
    return samples(seconds, [&](std::int64_t repetitions) {
        const auto start = Clock::now();
        for (std::int64_t i = 0; i < repetitions; ++i) {
            parallel_for(parts, copy.threads, [&](TileQueue& queue) {
                while (const auto part = queue.next()) copy_part(*part);
            });
        }
        return seconds_since(start) / static_cast<double>(repetitions);
    });
}

std::vector<double> multiply_add_rates(int threads, double seconds) {
    require(threads, seconds);
    const simd::RateKernels kernels = simd::rate_kernels_for(onednn::simd_level());
    // Small tiles, so that no thread waits long for another that was held up.
    constexpr std::int64_t rounds = 1 << 12;
    const std::int64_t tiles = std::int64_t{64} * threads;
    std::vector<double> rates = samples(seconds, [&](std::int64_t repetitions) {
        const auto start = Clock::now();
        parallel_for(tiles * repetitions, threads, [&](TileQueue& queue) {
            while (queue.next()) keep(kernels.multiply_add(rounds));
        });
        return seconds_since(start) / static_cast<double>(repetitions);
    });
    const auto operations = static_cast<double>(tiles * rounds * kernels.operations_per_round);
    for (double& rate : rates) rate = operations / rate;
    return rates;
}

}  // namespace dwconv::measure
