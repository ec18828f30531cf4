"""The activations in float64, with their limits at infinity and their defaults."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Function = Callable[[np.ndarray, float, float], np.ndarray]

_erf = np.frompyfunc(math.erf, 1, 1)


@dataclass(frozen=True)
class Kind:
    """One activation: its formula for finite x, its limits, and its default parameters."""

    formula: Function
    at_minus_infinity: Callable[[float, float], float]
    at_plus_infinity: Callable[[float, float], float]
    alpha: float | None = None
    beta: float | None = None


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def _gelu(x: np.ndarray, _alpha: float, _beta: float) -> np.ndarray:
    return 0.5 * x * (1 + _erf(x / math.sqrt(2)).astype(np.float64))


def _gelu_tanh(x: np.ndarray, _alpha: float, _beta: float) -> np.ndarray:
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def _gate_at_infinity(slope: float, level: float) -> float:
    """Limit of clip(slope * x + level, 0, 1) as x grows without bound."""
    return min(max(level, 0.0), 1.0) if slope == 0 else float(slope > 0)


def _gated_limit(
    sign: int, gate: Callable[[float, float], float]
) -> Callable[[float, float], float]:
    """Limit of x * gate at plus or minus infinity, where a gate that closes wins: it gives zero."""

    def limit(alpha: float, beta: float) -> float:
        opening = gate(sign * alpha, beta)
        return sign * opening * math.inf if opening else 0.0

    return limit


def _swish_gate(slope: float, _beta: float) -> float:
    return _gate_at_infinity(slope, 0.5)


KINDS: dict[str, Kind] = {
    "relu": Kind(lambda x, a, b: np.maximum(x, 0), lambda a, b: 0, lambda a, b: math.inf),
    "relu6": Kind(lambda x, a, b: np.clip(x, 0, 6), lambda a, b: 0, lambda a, b: 6),
    "clip": Kind(lambda x, a, b: np.clip(x, a, b), lambda a, b: a, lambda a, b: b),
    "leaky_relu": Kind(
        lambda x, a, b: np.where(x > 0, x, a * x),
        lambda a, b: -a * math.inf if a else 0,
        lambda a, b: math.inf,
        alpha=0.01,
    ),
    "sigmoid": Kind(lambda x, a, b: _sigmoid(x), lambda a, b: 0, lambda a, b: 1),
    "tanh": Kind(lambda x, a, b: np.tanh(x), lambda a, b: -1, lambda a, b: 1),
    "swish": Kind(
        lambda x, a, b: x * _sigmoid(a * x),
        _gated_limit(-1, _swish_gate),
        _gated_limit(1, _swish_gate),
        alpha=1.0,
    ),
    "hardswish": Kind(
        lambda x, a, b: x * np.clip(a * x + b, 0, 1),
        _gated_limit(-1, _gate_at_infinity),
        _gated_limit(1, _gate_at_infinity),
        alpha=1 / 6,
        beta=1 / 2,
    ),
    "gelu": Kind(_gelu, lambda a, b: 0, lambda a, b: math.inf),
    "gelu_tanh": Kind(_gelu_tanh, lambda a, b: 0, lambda a, b: math.inf),
    "elu": Kind(
        lambda x, a, b: np.where(x > 0, x, a * np.expm1(np.minimum(x, 0))),
        lambda a, b: -a,
        lambda a, b: math.inf,
        alpha=1.0,
    ),
}
KINDS["silu"] = KINDS["swish"]
KINDS["gelu_erf"] = KINDS["gelu"]


def split(activation: Any) -> tuple[str, float, float]:
    """A kind, or (kind, alpha, beta), as kind and both parameters with the defaults filled in."""
    kind, alpha, beta = (activation, None, None) if isinstance(activation, str) else activation
    rule = KINDS[kind]
    alpha = rule.alpha if alpha is None else alpha
    beta = rule.beta if beta is None else beta
    return kind, math.nan if alpha is None else alpha, math.nan if beta is None else beta


def activate(x: np.ndarray, activation: Any) -> np.ndarray:
    """The activation of a float64 array: NaN stays NaN, infinities give the limits."""
    if activation is None:
        return x
    kind, alpha, beta = split(activation)
    rule = KINDS[kind]
    finite = np.isfinite(x)
    with np.errstate(all="ignore"):
        y = np.asarray(rule.formula(np.where(finite, x, 0), alpha, beta), dtype=np.float64)
    y = np.where(x == -math.inf, rule.at_minus_infinity(alpha, beta), y)
    y = np.where(x == math.inf, rule.at_plus_infinity(alpha, beta), y)
    return np.where(np.isnan(x), math.nan, y)
