#include "array_overlap.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <utility>
#include <vector>

#include "call_numpy.hpp"

namespace py = pybind11;

namespace dwconv::bindings {

namespace {

constexpr int max_work = 100'000;

/// A dimension of an array.
struct Step {
    std::int64_t bytes;
    std::int64_t most;       ///< how many there are from the first element to the last
    std::int64_t reach = 0;  ///< how many bytes apart those after it, smaller ones, and less than
                             ///< an element bring together
};
using Steps = std::vector<Step>;

/// Two elements of an array that share a byte: differences of their indices, not all 0, that take
/// one as many bytes forth as back, but for less than an element.
class SelfOverlap {
public:
    SelfOverlap(Steps steps, std::int64_t item_size) : steps_(std::move(steps)), least_(item_size) {
        std::sort(steps_.begin(), steps_.end(), [](Step a, Step b) { return a.bytes > b.bytes; });
        std::int64_t reach = item_size - 1;
        for (std::size_t dim = steps_.size(); dim-- > 0;) {
            steps_[dim].reach = reach;
            reach += steps_[dim].bytes * steps_[dim].most;
        }
    }

    bool exists() { return exists_from(0, 0, false); }

private:
    /// @param distance  what the differences in the dimensions before this one make
    bool exists_from(std::size_t dim, std::int64_t distance, bool moved) {
        if (++work_ > max_work) return true;
        if (dim == steps_.size()) return moved && std::abs(distance) < least_;
        const auto [bytes, most, reach] = steps_[dim];
        if (bytes == 0) return true;
        // From farther away the smaller steps do not lead back.
        const std::int64_t first = std::max((-reach - distance) / bytes, -most);
        const std::int64_t last = std::min((reach - distance) / bytes, most);
        for (std::int64_t count = first; count <= last; ++count) {
            if (exists_from(dim + 1, distance + count * bytes, moved || count != 0)) return true;
        }
        return false;
    }

    Steps steps_;
    std::int64_t least_;  ///< how many bytes apart elements have to be
    int work_ = 0;
};

/// The first and one past the last byte of an array.
std::pair<std::uintptr_t, std::uintptr_t> bounds_of(const py::array& array) {
    const auto data = reinterpret_cast<std::uintptr_t>(array.data());
    auto low = static_cast<std::intptr_t>(data);
    auto high = low + array.itemsize();
    for (py::ssize_t i = 0; i < array.ndim(); ++i) {
        if (array.shape(i) == 0) return {data, data};
        const std::intptr_t reach = array.strides(i) * (array.shape(i) - 1);
        (reach < 0 ? low : high) += reach;
    }
    return {static_cast<std::uintptr_t>(low), static_cast<std::uintptr_t>(high)};
}

}  // namespace

bool overlaps_itself(const py::array& array) {
    Steps steps;
    for (py::ssize_t i = 0; i < array.ndim(); ++i) {
        if (array.shape(i) == 0) return false;
        if (array.shape(i) > 1) steps.push_back({std::abs(array.strides(i)), array.shape(i) - 1});
    }
    return SelfOverlap(std::move(steps), array.itemsize()).exists();
}

bool share_memory(const py::object& first, const py::object& second) {
    const auto a = py::reinterpret_borrow<py::array>(first);
    const auto b = py::reinterpret_borrow<py::array>(second);
    const auto [a_low, a_high] = bounds_of(a);
    const auto [b_low, b_high] = bounds_of(b);
    if (a_high <= b_low || b_high <= a_low) return false;
    try {
        return call_numpy("shares_memory", a, b, py::int_(max_work)).cast<bool>();
    } catch (py::error_already_set& error) {
        const py::module_ numpy = py::module_::import("numpy");
        if (!error.matches(numpy.attr("exceptions").attr("TooHardError"))) throw;
        return true;
    }
}

}  // namespace dwconv::bindings
