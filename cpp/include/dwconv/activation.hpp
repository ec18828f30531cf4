#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dwconv/export.hpp"

namespace dwconv {

enum class ActivationKind : std::uint8_t {
    none,
    relu,        ///< max(v, 0)
    clip,        ///< min(max(v, alpha), beta)
    leaky_relu,  ///< v > 0 ? v : alpha v
    sigmoid,     ///< 1 / (1 + exp(-v))
    tanh,
    swish,      ///< v sigmoid(alpha v)
    hardswish,  ///< v min(max(alpha v + beta, 0), 1)
    gelu_erf,   ///< v (1 + erf(v / sqrt 2)) / 2
    gelu_tanh,  ///< v (1 + tanh(sqrt(2/π) (v + 0.044715 v³))) / 2
    elu,        ///< v > 0 ? v : alpha (exp(v) - 1)
};

/// A function applied to each element of the result, with its parameters.
struct Activation {
    ActivationKind kind = ActivationKind::none;
    float alpha = 0.0f;
    float beta = 0.0f;

    /// By name ("relu", "relu6", "clip", "leaky_relu", "sigmoid", "tanh", "swish", "silu",
    /// "hardswish", "gelu", "gelu_erf", "gelu_tanh", "elu"), with the defaults of the field where
    /// a parameter is not given: leaky_relu 0.01; elu 1; swish 1; hardswish 1/6, 1/2.
    ///
    /// @throws InvalidArgument for an unknown name, a parameter that the kind does not have or
    ///         lacks (clip needs both), one that is not finite, or a clip with alpha > beta.
    DWCONV_EXPORT static Activation make(std::string_view name,
                                         std::optional<double> alpha = std::nullopt,
                                         std::optional<double> beta = std::nullopt);

    /// Of one whose fields were set by hand; what make() returns is valid.
    /// @throws InvalidArgument where a parameter is not finite, one that the kind does not have is
    ///         not 0, or a clip has alpha > beta.
    DWCONV_EXPORT void validate() const;

    explicit operator bool() const noexcept { return kind != ActivationKind::none; }

    /// The function's value in double precision. NaN stays NaN; at ±infinity its limit.
    DWCONV_EXPORT double operator()(double value) const noexcept;

    DWCONV_EXPORT bool operator==(const Activation& other) const noexcept;
    bool operator!=(const Activation& other) const noexcept { return !(*this == other); }
};

/// True where the kind has a parameter alpha (beta).
DWCONV_EXPORT bool has_alpha(ActivationKind kind) noexcept;
DWCONV_EXPORT bool has_beta(ActivationKind kind) noexcept;

DWCONV_EXPORT std::string_view to_string(ActivationKind kind) noexcept;

/// The activation in a problem's text: "relu", "clip(0,6)", "swish(1)".
DWCONV_EXPORT std::string to_string(const Activation& activation);

/// The inverse of `to_string(const Activation&)`, of all but `none`; takes the names and defaults
/// of make(), too.
/// @throws InvalidArgument
DWCONV_EXPORT Activation parse_activation(std::string_view text);

}  // namespace dwconv
