#pragma once

// Loops that are written out by the compiler's front end, so that arrays of vectors which they
// index are registers for all that comes after. (GCC 12 unrolls loops too late for that.) See
// lanes.hpp on linkage.

#include <cstdint>
#include <utility>

#define DWCONV_INLINE inline __attribute__((always_inline))

namespace dwconv::simd {
namespace {

template <int Value>
struct Constant {
    static constexpr int value = Value;
};

template <class Body, int... I>
DWCONV_INLINE void unroll(const Body& body, std::integer_sequence<int, I...>) {
    (body(Constant<I>()), ...);
}

/// body(Constant<0>()), body(Constant<1>()), …, `Count` times. The body must be inlined always.
template <int Count, class Body>
DWCONV_INLINE void unroll(const Body& body) {
    unroll(body, std::make_integer_sequence<int, Count>());
}

/// Calls body(Constant<Value>()) with that of the values which is equal to the given one, if any.
template <int... Values, class Body>
bool with_equal(std::int64_t value, const Body& body) {
    return ((value == Values && (body(Constant<Values>()), true)) || ...);
}

}  // namespace
}  // namespace dwconv::simd
