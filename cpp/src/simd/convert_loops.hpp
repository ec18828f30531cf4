#pragma once

// Conversions of runs of elements; see convert.hpp, and lanes.hpp on linkage.

#include <algorithm>
#include <cstdint>

#include "simd/convert.hpp"
#include "simd/lane_bits.hpp"
#include "simd/lane_stream.hpp"

namespace dwconv::simd {
namespace {

// A type has Element, widen(), of a vector's number of elements, and narrow(), which makes a full
// vector of elements of as many floats.

struct Float32Lanes {
    using Element = float;
    static DWCONV_INLINE Floats widen(const Element* from) { return load(from); }
    static DWCONV_INLINE Ints narrow(const float* from) { return bits_of(load(from)); }
};

struct Float16Lanes {
    using Element = std::uint16_t;
    static DWCONV_INLINE Floats widen(const Element* from) { return widen_float16(from); }
    static DWCONV_INLINE Ints narrow(const float* from) {
        return join_float16(load(from), load(from + lanes));
    }
};

struct Bfloat16Lanes {
    using Element = std::uint16_t;
    static DWCONV_INLINE Floats widen(const Element* from) {
        return floats_of(widen_uint16(from) << 16);
    }
    static DWCONV_INLINE Ints narrow(const float* from) {
        const Floats low = load(from);
        const Floats high = load(from + lanes);
        if (__builtin_expect(any_is_nan(low, high), 0)) {
            return join_int16(quiet_or_rounded(low), quiet_or_rounded(high));
        }
        return join_int16(rounded(low), rounded(high));
    }

private:
    // The upper halves, as signed numbers of 16 bits.

    static DWCONV_INLINE Ints rounded(Floats value) {
        const Ints bits = bits_of(value);
        // As for float16 without its instructions: ties become even, a carry is right.
        return (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
    }
    static DWCONV_INLINE Ints quiet_or_rounded(Floats value) {
        const Ints quiet = (bits_of(value) | 0x00400000) >> 16;
        return value == value ? rounded(value) : quiet;
    }
};

template <bool Signed>
struct ByteLanes {
    using Element = std::uint8_t;
    static DWCONV_INLINE Floats widen(const Element* from) {
        return to_floats(Signed ? widen_int8(from) : widen_uint8(from));
    }
    static DWCONV_INLINE Ints narrow(const float* from) {
        return join_bytes<Signed>(rounded(from), rounded(from + lanes), rounded(from + 2 * lanes),
                                  rounded(from + 3 * lanes));
    }

private:
    static DWCONV_INLINE Ints rounded(const float* from) {
        // What is beyond int32 would become its smallest number.
        constexpr float most = 255.0f;
        const Floats value = load(from);
        return to_ints(value > most ? splat(most) : value);
    }
};

struct Int32Lanes {
    using Element = std::int32_t;
    static DWCONV_INLINE Floats widen(const Element* from) {
        return to_floats(load_bytes<Ints>(from, sizeof(Ints)));
    }
    static DWCONV_INLINE Ints narrow(const float* from) {
        const Floats value = load(from);
        const Ints too_large = value >= 0x1p31f;
        return to_ints(value) ^ too_large;  // the smallest number becomes the largest
    }
};

template <class Lanes>
void widen(const void* from, float* to, std::int64_t count) {
    using Element = typename Lanes::Element;
    const auto* const elements = static_cast<const Element*>(from);
    std::int64_t i = 0;
    for (; i + 2 * lanes <= count; i += 2 * lanes) {
        store(to + i, Lanes::widen(elements + i));
        store(to + i + lanes, Lanes::widen(elements + i + lanes));
    }
    for (; i < count; i += lanes) {
        const std::int64_t some = std::min<std::int64_t>(lanes, count - i);
        Element part[lanes] = {};
        std::memcpy(part, elements + i, static_cast<std::size_t>(some) * sizeof(Element));
        const Floats values = Lanes::widen(part);
        std::memcpy(to + i, &values, static_cast<std::size_t>(some) * sizeof(float));
    }
}

/// Elements of a full vector.
template <class Lanes>
constexpr std::int64_t elements_of =
    static_cast<std::int64_t>(sizeof(Ints) / sizeof(typename Lanes::Element));

/// Less than a full vector.
template <class Lanes>
void narrow_part(const float* from, typename Lanes::Element* to, std::int64_t count) {
    float part[elements_of<Lanes>] = {};
    std::memcpy(part, from, static_cast<std::size_t>(count) * sizeof(float));
    const Ints narrowed = Lanes::narrow(part);
    std::memcpy(to, &narrowed, static_cast<std::size_t>(count) * sizeof(*to));
}

template <class Lanes>
void narrow(const float* from, void* to, std::int64_t count) {
    auto* const elements = static_cast<typename Lanes::Element*>(to);
    constexpr std::int64_t step = elements_of<Lanes>;
    std::int64_t i = 0;
    for (; i + step <= count; i += step) {
        const Ints narrowed = Lanes::narrow(from + i);
        std::memcpy(elements + i, &narrowed, sizeof narrowed);
    }
    if (i < count) narrow_part<Lanes>(from + i, elements + i, count - i);
}

template <class Lanes>
void narrow_past_caches(const float* from, void* to, std::int64_t count) {
    auto* const elements = static_cast<typename Lanes::Element*>(to);
    constexpr std::int64_t step = elements_of<Lanes>;
    const std::uintptr_t beyond = reinterpret_cast<std::uintptr_t>(to) % sizeof(Ints);
    const std::uintptr_t until_aligned = (sizeof(Ints) - beyond) % sizeof(Ints) / sizeof(*elements);
    std::int64_t i = std::min(count, static_cast<std::int64_t>(until_aligned));
    if (i > 0) narrow_part<Lanes>(from, elements, i);
    for (; i + step <= count; i += step) {
        stream(reinterpret_cast<float*>(elements + i), floats_of(Lanes::narrow(from + i)));
    }
    if (i < count) narrow_part<Lanes>(from + i, elements + i, count - i);
}

template <class Lanes>
constexpr Conversions conversions_of = {widen<Lanes>, narrow<Lanes>, narrow_past_caches<Lanes>};

Conversions conversions(DataType dtype) noexcept {
    switch (dtype) {
        case DataType::float32:
            break;
        case DataType::float16:
            return conversions_of<Float16Lanes>;
        case DataType::bfloat16:
            return conversions_of<Bfloat16Lanes>;
        case DataType::int8:
            return conversions_of<ByteLanes<true>>;
        case DataType::uint8:
            return conversions_of<ByteLanes<false>>;
        case DataType::int32:
            return conversions_of<Int32Lanes>;
    }
    return conversions_of<Float32Lanes>;
}

}  // namespace
}  // namespace dwconv::simd
