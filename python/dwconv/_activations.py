"""The activations in NumPy, by the names that `Activation.kind` gives."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]

_erf = np.vectorize(math.erf, otypes=[np.float64])


def _gated(v: Doubles, gate: Doubles | float) -> Doubles:
    """v · gate, where a gate of 0 wins over an infinite v: the limit of the functions that use it."""
    return np.where(np.equal(gate, 0), 0.0, v * gate)


def _scaled(v: Doubles, slope: float) -> Doubles:
    """slope · v, 0 at infinity too where the slope is 0."""
    return v * slope if slope else np.where(np.isnan(v), v, 0.0)


def _sigmoid(v: Doubles) -> Doubles:
    return 1 / (1 + np.exp(-v))


def _gelu_tanh(v: Doubles, alpha: float, beta: float) -> Doubles:
    return _gated(v, (1 + np.tanh(math.sqrt(2 / math.pi) * (v + 0.044715 * v**3))) / 2)


#: The arguments are values, alpha and beta; they may overflow on the way to a limit.
FUNCTIONS: dict[str, Callable[[Doubles, float, float], Doubles]] = {
    "": lambda v, a, b: v,
    "relu": lambda v, a, b: np.maximum(v, 0),
    "clip": lambda v, a, b: np.clip(v, a, b),
    "leaky_relu": lambda v, a, b: np.where(v > 0, v, _scaled(v, a)),
    "sigmoid": lambda v, a, b: _sigmoid(v),
    "tanh": lambda v, a, b: np.tanh(v),
    "swish": lambda v, a, b: _gated(v, _sigmoid(_scaled(v, a))),
    "hardswish": lambda v, a, b: _gated(v, np.clip(_scaled(v, a) + b, 0, 1)),
    "gelu_erf": lambda v, a, b: _gated(v, (1 + _erf(v / math.sqrt(2))) / 2),
    "gelu_tanh": _gelu_tanh,
    "elu": lambda v, a, b: np.where(v > 0, v, a * np.expm1(np.minimum(v, 0))),
}


def activate(v: Doubles, kind: str, alpha: float | None, beta: float | None) -> Doubles:
    """One of the functions: NaN stays NaN, and infinities give its limits."""
    with np.errstate(over="ignore", invalid="ignore"):
        return FUNCTIONS[kind](v, alpha or 0.0, beta or 0.0)
