#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>

namespace dwconv {

/// A vector of at most `Capacity` elements that lives where it is declared: shapes are made on
/// every call, and a heap allocation for each would cost more than a small convolution.
///
/// @throws std::length_error where more than `Capacity` elements are put in.
template <class T, std::size_t Capacity>
class InlineVector {
public:
    InlineVector() = default;
    InlineVector(std::initializer_list<T> values) {
        for (const T& value : values) push_back(value);
    }
    InlineVector(std::size_t count, const T& value) {
        for (std::size_t i = 0; i < count; ++i) push_back(value);
    }

    void push_back(const T& value) {
        if (size_ == Capacity) throw std::length_error("dwconv: too many dimensions");
        values_[size_++] = value;
    }

    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    T& operator[](std::size_t i) noexcept { return values_[i]; }
    const T& operator[](std::size_t i) const noexcept { return values_[i]; }
    T* begin() noexcept { return values_.data(); }
    T* end() noexcept { return values_.data() + size_; }
    const T* begin() const noexcept { return values_.data(); }
    const T* end() const noexcept { return values_.data() + size_; }
    const T& back() const noexcept { return values_[size_ - 1]; }

    friend bool operator==(const InlineVector& a, const InlineVector& b) noexcept {
        if (a.size_ != b.size_) return false;
        for (std::size_t i = 0; i < a.size_; ++i) {
            if (!(a.values_[i] == b.values_[i])) return false;
        }
        return true;
    }
    friend bool operator!=(const InlineVector& a, const InlineVector& b) noexcept {
        return !(a == b);
    }

private:
    std::array<T, Capacity> values_{};
    std::size_t size_ = 0;
};

/// The most dimensions an array can have here: weights {channels, multiplier, 1, kd, kh, kw}.
inline constexpr std::size_t max_rank = 6;

/// Sizes, or distances in elements, one per dimension.
using Dims = InlineVector<std::int64_t, max_rank>;

}  // namespace dwconv
