#pragma once

// Repeats numbers, as a depth multiplier repeats channels. See lanes.hpp on linkage.

#include <cstdint>
#include <utility>

#include "simd/lanes.hpp"
#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

/// Vector `Part` of the `Times` vectors that all numbers of a vector make, each repeated.
template <int Times, int Part, int... I>
DWCONV_INLINE Floats repeated(Floats v, std::integer_sequence<int, I...>) {
    return __builtin_shufflevector(v, v, (Part * int{lanes} + I) / Times...);
}

/// A few times, so that a vector of them has several numbers.
template <int Times>
void repeat_few(const float* from, std::int64_t count, float* to) {
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes, to += Times * lanes) {
        const Floats v = load(from + i);
        unroll<Times>([&](auto part) __attribute__((always_inline)) {
            store(to + part.value * lanes,
                  repeated<Times, part.value>(v, std::make_integer_sequence<int, lanes>()));
        });
    }
    for (; i < count; ++i) {
        for (int m = 0; m < Times; ++m) *to++ = from[i];
    }
}

/// At least as often as a vector has numbers.
inline void repeat_often(const float* from, std::int64_t count, std::int64_t times, float* to) {
    for (std::int64_t i = 0; i < count; ++i, to += times) {
        const Floats v = splat(from[i]);
        for (std::int64_t m = 0; m + lanes <= times; m += lanes) store(to + m, v);
        store(to + times - lanes, v);
    }
}

/// to[i · times + m] = from[i] for i < count, m < times.
inline void repeat_numbers(const float* from, std::int64_t count, std::int64_t times, float* to) {
    if (times >= lanes) {
        repeat_often(from, count, times, to);
        return;
    }
    unroll<lanes - 1>([&](auto i) {
        constexpr int few = decltype(i)::value + 1;
        if (times == few) repeat_few<few>(from, count, to);
    });
}

}  // namespace
}  // namespace dwconv::simd
