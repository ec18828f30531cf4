#include "dwconv/activation.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "dwconv/errors.hpp"

namespace dwconv {

namespace {

/// What a kind's parameters are: absent, needed, or with a default.
struct Kind {
    std::string_view name;
    bool has_alpha = false;
    bool has_beta = false;
    std::optional<double> alpha;
    std::optional<double> beta;
};

const std::array<Kind, 11>& kinds() {
    static const std::array<Kind, 11> table = {{
        {"none", false, false, {}, {}},
        {"relu", false, false, {}, {}},
        {"clip", true, true, {}, {}},
        {"leaky_relu", true, false, 0.01, {}},
        {"sigmoid", false, false, {}, {}},
        {"tanh", false, false, {}, {}},
        {"swish", true, false, 1.0, {}},
        {"hardswish", true, true, 1.0 / 6.0, 0.5},
        {"gelu_erf", false, false, {}, {}},
        {"gelu_tanh", false, false, {}, {}},
        {"elu", true, false, 1.0, {}},
    }};
    return table;
}

const Kind& kind_of(ActivationKind kind) { return kinds()[static_cast<std::size_t>(kind)]; }

std::string number(double value) {
    std::array<char, 32> buffer{};
    // Nine significant digits tell any two floats apart. Not by printf, which writes a decimal
    // comma where the locale has one.
    char* const begin = buffer.data();
    const auto written =
        std::to_chars(begin, begin + buffer.size(), value, std::chars_format::general, 9);
    return {begin, written.ptr};
}

float parameter(std::string_view kind, const char* name, bool exists, std::optional<double> given,
                std::optional<double> standard) {
    if (!exists) {
        if (given) {
            throw InvalidArgument(
                {name, "no value, since " + std::string(kind) + " has no such parameter",
                 number(*given)});
        }
        return 0.0f;
    }
    if (!given && !standard) {
        throw InvalidArgument({name, "a number, which " + std::string(kind) + " needs", "None"});
    }
    // Adding 0 makes -0 the 0 that it equals.
    const auto value = static_cast<float>(given ? *given : *standard) + 0.0f;
    if (!std::isfinite(value)) {
        throw InvalidArgument({name, "a finite number", number(given ? *given : *standard)});
    }
    return value;
}

void require_parameter(const Kind& kind, const char* name, bool exists, float value) {
    if (exists ? std::isfinite(value) : value == 0.0f) return;
    throw InvalidArgument({name,
                           exists ? "a finite number"
                                  : "0, since " + std::string(kind.name) + " has no such parameter",
                           number(value)});
}

double sigmoid(double v) { return 1.0 / (1.0 + std::exp(-v)); }

/// v · gate, where a gate of 0 wins over an infinite v: the limit of the functions that use it.
double gated(double v, double gate) { return gate == 0.0 ? 0.0 : v * gate; }

}  // namespace

Activation Activation::make(std::string_view name, std::optional<double> alpha,
                            std::optional<double> beta) {
    if (name == "relu6") {
        for (const auto& [argument, given] : {std::pair{"alpha", alpha}, std::pair{"beta", beta}}) {
            parameter(name, argument, false, given, {});
        }
        return {ActivationKind::clip, 0.0f, 6.0f};
    }
    const std::string_view own = name == "silu" ? "swish" : name == "gelu" ? "gelu_erf" : name;
    for (std::size_t i = 1; i < kinds().size(); ++i) {
        const Kind& kind = kinds()[i];
        if (kind.name != own) continue;
        const Activation made = {static_cast<ActivationKind>(i),
                                 parameter(name, "alpha", kind.has_alpha, alpha, kind.alpha),
                                 parameter(name, "beta", kind.has_beta, beta, kind.beta)};
        made.validate();
        return made;
    }
    throw InvalidArgument({"activation",
                           "one of 'relu', 'relu6', 'clip', 'leaky_relu', 'sigmoid', 'tanh', "
                           "'swish', 'silu', 'hardswish', 'gelu', 'gelu_erf', 'gelu_tanh', 'elu'",
                           "'" + std::string(name) + "'"});
}

void Activation::validate() const {
    const Kind& own = kind_of(kind);
    require_parameter(own, "alpha", own.has_alpha, alpha);
    require_parameter(own, "beta", own.has_beta, beta);
    if (kind == ActivationKind::clip && alpha > beta) {
        throw InvalidArgument(
            {"alpha", "a lower bound of at most beta = " + number(beta), number(alpha)});
    }
}

double Activation::operator()(double v) const noexcept {
    if (std::isnan(v)) return v;
    switch (kind) {
        case ActivationKind::none:
            return v;
        case ActivationKind::relu:
            return std::max(v, 0.0);
        case ActivationKind::clip:
            return std::min(std::max(v, static_cast<double>(alpha)), static_cast<double>(beta));
        case ActivationKind::leaky_relu:
            return v > 0.0 ? v : gated(v, alpha);
        case ActivationKind::sigmoid:
            return sigmoid(v);
        case ActivationKind::tanh:
            return std::tanh(v);
        case ActivationKind::swish:
            // With alpha = 0 the gate is 1/2 at infinity too, where 0 · inf would make it NaN.
            return gated(v, alpha == 0.0f ? 0.5 : sigmoid(alpha * v));
        case ActivationKind::hardswish: {
            const double scaled = alpha == 0.0f ? 0.0 : alpha * v;
            return gated(v, std::min(std::max(scaled + beta, 0.0), 1.0));
        }
        case ActivationKind::gelu_erf:
            return gated(v, 0.5 * std::erfc(-v * std::sqrt(0.5)));
        case ActivationKind::gelu_tanh: {
            const double root_2_over_pi = 0.79788456080286535588;
            // 1 + tanh(u) = 2 sigmoid(2u), which keeps its precision where u is very negative.
            return gated(v, sigmoid(2.0 * root_2_over_pi * (v + 0.044715 * v * v * v)));
        }
        case ActivationKind::elu:
            return v > 0.0 ? v : gated(std::expm1(v), alpha);
    }
    return v;
}

bool Activation::operator==(const Activation& other) const noexcept {
    return kind == other.kind && alpha == other.alpha && beta == other.beta;
}

bool has_alpha(ActivationKind kind) noexcept { return kind_of(kind).has_alpha; }
bool has_beta(ActivationKind kind) noexcept { return kind_of(kind).has_beta; }

std::string_view to_string(ActivationKind kind) noexcept { return kind_of(kind).name; }

std::string to_string(const Activation& activation) {
    std::string text(to_string(activation.kind));
    if (has_alpha(activation.kind)) {
        text += "(" + number(activation.alpha);
        if (has_beta(activation.kind)) text += "," + number(activation.beta);
        text += ")";
    }
    return text;
}

Activation parse_activation(std::string_view text) {
    const std::size_t open = text.find('(');
    if (open == std::string_view::npos) return Activation::make(text);
    const auto malformed = [&] {
        return InvalidArgument({"activation", "a form such as relu, swish(1) or clip(0,6)",
                                "'" + std::string(text) + "'"});
    };
    if (text.back() != ')') throw malformed();
    std::array<std::optional<double>, 2> values;
    const char* at = text.data() + open + 1;
    const char* const end = text.data() + text.size() - 1;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i > 0) {
            if (at == end) break;
            if (*at++ != ',') throw malformed();
        }
        double parsed = 0.0;
        const auto [next, error] = std::from_chars(at, end, parsed);
        if (error != std::errc()) throw malformed();
        values[i] = parsed;
        at = next;
    }
    if (at != end) throw malformed();
    return Activation::make(text.substr(0, open), values[0], values[1]);
}

}  // namespace dwconv
