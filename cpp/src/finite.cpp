#include "finite.hpp"

#include <cstring>

namespace dwconv {

bool all_finite(const float* values, std::int64_t count) noexcept {
    // Without a way out of the loop, so that it is done a vector at a time. Where all bits of the
    // exponent are set, one more carries into the bit of the sign.
    constexpr std::uint32_t sign = 0x80000000;
    constexpr std::uint32_t exponent_one = 0x00800000;
    std::uint32_t seen = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        std::uint32_t bits;
        std::memcpy(&bits, values + i, sizeof bits);
        seen |= (bits & ~sign) + exponent_one;
    }
    return (seen & sign) == 0;
}

}  // namespace dwconv
