#include "dwconv/measure.hpp"

#include <algorithm>
#include <vector>

#include "check.hpp"
#include "dwconv/errors.hpp"
#include "onednn/library.hpp"
#include "reference.hpp"
#include "simd/rates.hpp"

namespace {

using dwconv::simd::Level;

/// Every element is copied, filled or read, and none beyond.
void check_copy(const dwconv::simd::RateKernels& kernels, std::int64_t src_size,
                std::int64_t dst_size) {
    const auto src = dwconv::check::integers(src_size, 1);
    std::vector<float> dst(static_cast<std::size_t>(dst_size) + 1, 99.0f);
    float left = 0.0f;
    for (std::int64_t i = dst_size; i < src_size; ++i) left += src[static_cast<std::size_t>(i)];
    CHECK(kernels.copy(src.data(), src_size, dst.data(), dst_size) == left);
    for (std::int64_t i = 0; i < dst_size; ++i) {
        const auto at = static_cast<std::size_t>(i);
        CHECK(dst[at] == (i < src_size ? src[at] : 1.0f));
    }
    CHECK(dst.back() == 99.0f);
}

/// Each chain goes from 0 to 1, 1.5, 1.75, …: v ← v / 2 + 1.
void check_multiply_add(const dwconv::simd::RateKernels& kernels) {
    const auto sums = static_cast<float>(kernels.operations_per_round / 2);
    CHECK(kernels.multiply_add(0) == 0.0f);
    CHECK(kernels.multiply_add(1) == sums);
    CHECK(kernels.multiply_add(3) == 1.75f * sums);
}

}  // namespace

int main() {
    std::vector<Level> levels = {Level::baseline};
    for (const Level level : {Level::avx2, Level::avx512}) {
        if (level <= dwconv::onednn::simd_level()) levels.push_back(level);
    }
    for (const Level level : levels) {
        const auto kernels = dwconv::simd::rate_kernels_for(level);
        check_multiply_add(kernels);
        for (std::int64_t src_size = 0; src_size <= 70; ++src_size) {
            for (std::int64_t dst_size = 0; dst_size <= 70; dst_size += 7) {
                check_copy(kernels, src_size, dst_size);
            }
        }
    }

    using namespace dwconv::measure;
    const auto positive = [](double value) { return value > 0; };
    for (const CopyMethod method : {CopyMethod::memcpy, CopyMethod::loop}) {
        const auto times = copy_seconds({1 << 16, 1 << 14, method, 2}, 0.001);
        CHECK(!times.empty() && std::all_of(times.begin(), times.end(), positive));
        CHECK(copy_seconds({0, 0, method, 1}, 0).size() == 1);
    }
    const auto rates = multiply_add_rates(2, 0.001);
    CHECK(!rates.empty() && std::all_of(rates.begin(), rates.end(), positive));
    using dwconv::InvalidArgument;
    CHECK(dwconv::check::throws<InvalidArgument>([] { copy_seconds({4, 4, {}, 0}, 0); }));
    CHECK(dwconv::check::throws<InvalidArgument>([] { multiply_add_rates(1, -1); }));
}
