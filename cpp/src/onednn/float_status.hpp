#pragma once

#include <cfenv>

namespace dwconv::onednn {

/// Watches the processor's sticky floating-point flags from its construction on; puts back what
/// was set before when it is destroyed.
class FloatStatus {
public:
    FloatStatus() noexcept : before_(std::fetestexcept(watched)) { std::feclearexcept(watched); }
    ~FloatStatus() {
        if (before_ != 0) std::feraiseexcept(before_);
    }
    FloatStatus(const FloatStatus&) = delete;
    FloatStatus& operator=(const FloatStatus&) = delete;

    /// True where an operation since then met or made a NaN where none may pass (min, max,
    /// ordered comparison, 0 · inf, inf - inf), or overflowed.
    bool raised() const noexcept { return std::fetestexcept(watched) != 0; }

private:
    static constexpr int watched = FE_INVALID | FE_OVERFLOW;
    int before_;
};

}  // namespace dwconv::onednn
