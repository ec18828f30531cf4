#include "strategy/box_conversion.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "onednn/library.hpp"
#include "strategy/element_runs.hpp"

namespace dwconv::strategy {

namespace {

/// Elements that lie apart are brought together so many at a time.
constexpr std::int64_t buffered = 256;
/// In bytes.
constexpr std::int64_t long_run = 512;

template <std::size_t Size>
void copy_apart(const char* from, std::int64_t from_stride, char* to, std::int64_t to_stride,
                std::int64_t count) {
    constexpr auto size = static_cast<std::int64_t>(Size);
    for (std::int64_t i = 0; i < count; ++i) {
        std::memcpy(to + i * to_stride * size, from + i * from_stride * size, Size);
    }
}

/// Copies elements between memory in which they lie apart.
void copy_apart(std::size_t size, const char* from, std::int64_t from_stride, char* to,
                std::int64_t to_stride, std::int64_t count) {
    if (size == 1) return copy_apart<1>(from, from_stride, to, to_stride, count);
    if (size == 2) return copy_apart<2>(from, from_stride, to, to_stride, count);
    copy_apart<4>(from, from_stride, to, to_stride, count);
}

template <class View>
View channels_moved(const View& view) {
    View moved = view;
    const std::size_t last = view.shape.size() - 1;
    for (std::size_t dim = 1; dim < last; ++dim) {
        moved.shape[dim] = view.shape[dim + 1];
        moved.strides[dim] = view.strides[dim + 1];
    }
    moved.shape[last] = view.shape[1];
    moved.strides[last] = view.strides[1];
    return moved;
}

}  // namespace

BoxConversion::BoxConversion(DataType dtype)
    : conversions_(simd::conversions_for(dtype, onednn::simd_level())) {}

void BoxConversion::widen(const TensorView& from, float* to) const {
    const ElementRuns runs(from);
    const std::size_t size = size_of(from.dtype);
    const auto* const bytes = static_cast<const char*>(from.data);
    runs.for_each([&](std::int64_t first) {
        const char* run = bytes + first * static_cast<std::int64_t>(size);
        if (runs.stride == 1) {
            conversions_.widen(run, to, runs.length);
            to += runs.length;
            return;
        }
        alignas(64) std::array<char, buffered * sizeof(float)> together;
        for (std::int64_t done = 0; done < runs.length; done += buffered) {
            const std::int64_t some = std::min(buffered, runs.length - done);
            copy_apart(size, run, runs.stride, together.data(), 1, some);
            conversions_.widen(together.data(), to, some);
            run += some * runs.stride * static_cast<std::int64_t>(size);
            to += some;
        }
    });
}

void BoxConversion::narrow(const float* from, const MutableTensorView& to, bool past_caches) const {
    const ElementRuns runs(to);
    const std::size_t size = size_of(to.dtype);
    // Of short runs, stores past the caches would fill but parts of what goes to memory at a time.
    const bool streams = past_caches && runs.length * static_cast<std::int64_t>(size) >= long_run;
    const auto narrow = streams ? conversions_.narrow_past_caches : conversions_.narrow;
    auto* const bytes = static_cast<char*>(to.data);
    runs.for_each([&](std::int64_t first) {
        char* run = bytes + first * static_cast<std::int64_t>(size);
        if (runs.stride == 1) {
            narrow(from, run, runs.length);
            from += runs.length;
            return;
        }
        alignas(64) std::array<char, buffered * sizeof(float)> together;
        for (std::int64_t done = 0; done < runs.length; done += buffered) {
            const std::int64_t some = std::min(buffered, runs.length - done);
            conversions_.narrow(from, together.data(), some);
            copy_apart(size, together.data(), 1, run, runs.stride, some);
            run += some * runs.stride * static_cast<std::int64_t>(size);
            from += some;
        }
    });
}

std::vector<float> as_floats(const TensorView& view) {
    if (view.data == nullptr) return {};
    std::vector<float> values(static_cast<std::size_t>(element_count(view.shape)));
    BoxConversion(view.dtype).widen(view, values.data());
    return values;
}

TensorView with_channels_last(const TensorView& view) { return channels_moved(view); }
MutableTensorView with_channels_last(const MutableTensorView& view) { return channels_moved(view); }

TensorView part_of(const TensorView& view, std::size_t dim, std::int64_t begin, std::int64_t size) {
    TensorView part = view;
    part.shape[dim] = size;
    part.data = static_cast<const char*>(view.data) +
                begin * view.strides[dim] * static_cast<std::int64_t>(size_of(view.dtype));
    return part;
}

MutableTensorView part_of(const MutableTensorView& view, std::size_t dim, std::int64_t begin,
                          std::int64_t size) {
    MutableTensorView part = view;
    part.shape[dim] = size;
    part.data = static_cast<char*>(view.data) +
                begin * view.strides[dim] * static_cast<std::int64_t>(size_of(view.dtype));
    return part;
}

}  // namespace dwconv::strategy
