#pragma once

// Padding that is known when a kernel is compiled. See lanes.hpp on linkage.

#include <cstdint>

#include "simd/unroll.hpp"

namespace dwconv::simd {
namespace {

/// Of columns `first` to `last` of a row of `length`, calls body(Constant<Left>(),
/// Constant<Right>()) with how many are before the row, and behind it, if that is none or `Usual`,
/// or, behind it and with a step of 2, one less. Else returns false.
template <int Usual, int Step, class Body>
bool with_usual_padding(std::int64_t first, std::int64_t last, std::int64_t length,
                        const Body& body) {
    constexpr int less = Step == 2 && Usual != 0 ? Usual - 1 : Usual;
    const std::int64_t left = first < 0 ? -first : 0;
    const std::int64_t right = last < length ? 0 : last + 1 - length;
    bool done = false;
    with_equal<0, Usual>(left, [&](auto columns_left) {
        done = with_equal<0, Usual, less>(
            right, [&](auto columns_right) { body(columns_left, columns_right); });
    });
    return done;
}

}  // namespace
}  // namespace dwconv::simd
