#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "check.hpp"
#include "onednn/library.hpp"
#include "simd/convert.hpp"
#include "simd/streaming.hpp"

namespace {

using dwconv::DataType;
using dwconv::simd::Conversions;
using dwconv::simd::Level;

/// What a number of 16 bits stands for, from its definition.
double value_of(std::uint32_t bits, int exponent_bits) {
    const int mantissa_bits = 15 - exponent_bits;
    const int bias = (1 << (exponent_bits - 1)) - 1;
    const int exponent = static_cast<int>(bits >> mantissa_bits) & ((1 << exponent_bits) - 1);
    const double mantissa = bits & ((1u << mantissa_bits) - 1);
    const double sign = (bits & 0x8000u) != 0 ? -1.0 : 1.0;
    if (exponent == (1 << exponent_bits) - 1) {
        return mantissa != 0.0 ? std::numeric_limits<double>::quiet_NaN()
                               : sign * std::numeric_limits<double>::infinity();
    }
    const double whole = exponent == 0 ? mantissa : mantissa + (1 << mantissa_bits);
    return sign * std::ldexp(whole, (exponent == 0 ? 1 : exponent) - bias - mantissa_bits);
}

/// All numbers of 16 bits, as floats and back; and what lies halfway to the next one.
void check_halves(const Conversions& conversions, int exponent_bits) {
    constexpr std::uint32_t count = 1u << 16;
    std::vector<std::uint16_t> every(count), back(count);
    for (std::uint32_t i = 0; i < count; ++i) every[i] = static_cast<std::uint16_t>(i);
    std::vector<float> wide(count);
    conversions.widen(every.data(), wide.data(), count);
    conversions.narrow(wide.data(), back.data(), count);
    for (std::uint32_t i = 0; i < count; ++i) {
        const double expected = value_of(i, exponent_bits);
        if (std::isnan(expected)) {
            CHECK(std::isnan(wide[i]));
            CHECK(std::isnan(value_of(back[i], exponent_bits)));
        } else {
            CHECK(wide[i] == expected && std::signbit(wide[i]) == std::signbit(expected));
            CHECK(back[i] == every[i]);
        }
    }
    const std::uint32_t infinity = 0x8000u - (1u << (15 - exponent_bits));
    for (std::uint32_t i = 0; i + 1 < infinity; ++i) {
        const float tie = 0.5f * wide[i] + 0.5f * wide[i + 1];
        const float ties[] = {tie, std::nextafter(tie, 0.0f), std::nextafter(tie, wide[i + 1]),
                              -tie};
        std::uint16_t got[4];
        conversions.narrow(ties, got, 4);
        const std::uint32_t even = i % 2 == 0 ? i : i + 1;
        CHECK(got[0] == even);
        CHECK(got[1] == i);
        CHECK(got[2] == i + 1);
        CHECK(got[3] == (even | 0x8000u));
    }
    const float last = wide[infinity - 1];
    const float step = last - wide[infinity - 2];
    const float ends[] = {last + 0.49f * step, last + 0.5f * step,
                          -std::numeric_limits<float>::max()};
    std::uint16_t got[3];
    conversions.narrow(ends, got, 3);
    CHECK(got[0] == infinity - 1);
    CHECK(got[1] == infinity);
    CHECK(got[2] == (infinity | 0x8000u));
}

template <class Integer>
void check_integers(const Conversions& conversions) {
    constexpr double least = std::numeric_limits<Integer>::min();
    constexpr double most = std::numeric_limits<Integer>::max();
    std::vector<Integer> every;
    for (int i = -300; i <= 300; ++i) {
        if (i >= least && i <= most) every.push_back(static_cast<Integer>(i));
    }
    const auto count = static_cast<std::int64_t>(every.size());
    std::vector<float> wide(every.size());
    conversions.widen(every.data(), wide.data(), count);
    for (std::size_t i = 0; i < every.size(); ++i) CHECK(wide[i] == static_cast<float>(every[i]));
    const std::vector<float> values = {
        -1e30f, -3e9f,  -300.0f, -128.5f,  -127.5f, -2.5f,  -1.5f,
        -0.5f,  0.0f,   0.5f,    1.5f,     2.5f,    126.5f, 127.5f,
        254.5f, 255.5f, 300.0f,  65536.0f, 3e9f,    1e30f,  std::numeric_limits<float>::infinity()};
    std::vector<Integer> got(values.size());
    conversions.narrow(values.data(), got.data(), static_cast<std::int64_t>(values.size()));
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double nearest = std::nearbyint(double{values[i]});
        CHECK(got[i] == static_cast<Integer>(std::min(std::max(nearest, least), most)));
    }
}

/// Any count and address: nothing before and behind is touched, and streaming gives the same.
template <class Element>
void check_runs(const Conversions& conversions) {
    for (std::size_t count = 0; count < 150; ++count) {
        for (std::size_t offset = 0; offset < 5; ++offset) {
            std::vector<float> from(count);
            for (std::size_t i = 0; i < count; ++i) from[i] = static_cast<float>(i % 100);
            std::vector<Element> stored(count + 10, Element{77}), streamed(count + 10, Element{77});
            const auto size = static_cast<std::int64_t>(count);
            conversions.narrow(from.data(), stored.data() + offset, size);
            conversions.narrow_past_caches(from.data(), streamed.data() + offset, size);
            dwconv::simd::finish_streaming();
            CHECK(std::memcmp(stored.data(), streamed.data(), stored.size() * sizeof(Element)) ==
                  0);
            CHECK(stored[offset + count] == Element{77});
            CHECK(offset == 0 || stored[offset - 1] == Element{77});
            std::vector<float> wide(count + 1, 99.0f);
            conversions.widen(stored.data() + offset, wide.data(), size);
            CHECK(wide[count] == 99.0f);
            for (std::size_t i = 0; i < count; ++i) CHECK(wide[i] == from[i]);
        }
    }
}

}  // namespace

int main() {
    const Level best = dwconv::onednn::simd_level();
    for (const Level level : {Level::baseline, Level::avx2, Level::avx512}) {
        if (level > best) continue;
        const auto of = [level](DataType dtype) {
            return dwconv::simd::conversions_for(dtype, level);
        };
        check_halves(of(DataType::float16), 5);
        check_halves(of(DataType::bfloat16), 8);
        check_integers<std::int8_t>(of(DataType::int8));
        check_integers<std::uint8_t>(of(DataType::uint8));
        check_integers<std::int32_t>(of(DataType::int32));
        check_runs<float>(of(DataType::float32));
        check_runs<std::uint16_t>(of(DataType::float16));
        check_runs<std::uint16_t>(of(DataType::bfloat16));
        check_runs<std::int8_t>(of(DataType::int8));
        check_runs<std::uint8_t>(of(DataType::uint8));
        check_runs<std::int32_t>(of(DataType::int32));
    }
}
