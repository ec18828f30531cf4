#include "text.hpp"

#include <array>
#include <cstddef>
#include <cstdio>

namespace py = pybind11;

namespace dwconv::bindings {

std::string text_of(const py::str& text) {
    constexpr std::size_t longest = 40;
    const std::string given = py::bytes(text.attr("encode")("ascii", "backslashreplace"));
    std::string shown;
    for (const char letter : given.substr(0, longest)) {
        if (letter >= ' ' && letter <= '~') {
            shown += letter;
            continue;
        }
        std::array<char, 5> escaped{};
        std::snprintf(escaped.data(), escaped.size(), "\\x%02x", static_cast<unsigned>(letter));
        shown += escaped.data();
    }
    return given.size() > longest ? shown + "..." : shown;
}

}  // namespace dwconv::bindings
