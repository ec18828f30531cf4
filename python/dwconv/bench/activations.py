"""Activations in float64, for the reference."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]

#: By the names of the kinds in a problem's text; the arguments are values, alpha and beta.
FUNCTIONS: dict[str, Callable[[Doubles, float, float], Doubles]] = {
    "": lambda v, a, b: v,
    "relu": lambda v, a, b: np.maximum(v, 0),
    "clip": lambda v, a, b: np.clip(v, a, b),
    "leaky_relu": lambda v, a, b: np.where(v > 0, v, a * v),
    "sigmoid": lambda v, a, b: 1 / (1 + np.exp(-v)),
    "tanh": lambda v, a, b: np.tanh(v),
    "swish": lambda v, a, b: v / (1 + np.exp(-a * v)),
    "hardswish": lambda v, a, b: v * np.clip(a * v + b, 0, 1),
    "gelu_erf": lambda v, a, b: v * (1 + np.vectorize(math.erf)(v / math.sqrt(2))) / 2,
    "gelu_tanh": lambda v, a, b: (
        v * (1 + np.tanh(math.sqrt(2 / math.pi) * (v + 0.044715 * v**3))) / 2
    ),
    "elu": lambda v, a, b: np.where(v > 0, v, a * np.expm1(np.minimum(v, 0))),
}


def steepness(kind: str, alpha: float) -> float:
    """An upper bound of the slope: how much an error before the activation can grow."""
    # swish has 1.1 and both gelus 1.13; hardswish has 1.5 with the parameters of the field.
    return max(1.5, abs(alpha)) if kind else 1.0
