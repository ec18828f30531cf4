"""How far a float32 result may be from the float64 reference, element by element, and why.

Convolution: n products summed in float32 in any order, fused or not, differ from the exact sum by
at most about n * u * sum |x||w|, with u = eps / 2 (Higham, Accuracy and Stability of Numerical
Algorithms, 4.2). The bias is one more term and storing rounds once more. ``eps * (taps + 2)`` is
twice that, which leaves no room for a wrong tap: a product is about 1 / taps of the sum. It is more
than n * u for four terms more than taps: bias, shift, what is added, and the scale's rounding of each product.

Activation: an error before it is passed on at most times its steepest slope. Its own error is that
of oneDNN's polynomials for exp, tanh and erf, a few units in the last place of the largest value
that the function takes; where x multiplies such a function, x multiplies its error.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

import reference
from helpers.activations import activate, split

EPS = float(np.finfo(np.float32).eps)
TINY = float(np.finfo(np.float32).tiny)

# Units in the last place granted to an activation: oneDNN's exp, tanh and erf are each within 4
# (erf: 1.5e-7 absolute, Abramowitz and Stegun 7.1.26), and up to three more operations follow.
ACTIVATION_ULPS = 8


def steepest_slope(activation: Any) -> float:
    """An upper bound of the absolute derivative of an activation."""
    if activation is None:
        return 1.0
    kind, alpha, beta = split(activation)
    if kind in ("leaky_relu", "elu"):
        return max(1.0, abs(alpha))
    if kind == "hardswish":
        return max(1.0, abs(2 - beta), abs(beta))
    # 1.0998 for swish, whatever alpha is, and 1.13 for both gelus; the others are at most 1.
    return 1.13 if kind in ("swish", "silu", "gelu", "gelu_erf", "gelu_tanh") else 1.0


def own_error(before: np.ndarray, after: np.ndarray, activation: Any) -> np.ndarray:
    """Error of the activation itself, of values ``before`` it that become ``after``."""
    if activation is None:
        return np.zeros_like(after)
    kind, alpha, _ = split(activation)
    if kind in ("relu", "relu6", "clip"):
        return np.zeros_like(after)
    if kind in ("sigmoid", "tanh"):
        scale = np.ones_like(after)
    elif kind == "elu":
        scale = np.abs(after) + abs(alpha)
    elif kind == "leaky_relu":
        scale = np.abs(after)
    else:
        # x times a gate from 0 to 1, which by 100 is wide open or shut.
        steepness = abs(alpha) if kind in ("swish", "silu", "hardswish") else 1
        near = steepness * np.abs(before) <= 100
        scale = np.where(near, np.abs(before), np.abs(after))
    return ACTIVATION_ULPS * EPS * scale


def sum_bound(magnitude: np.ndarray, terms: int) -> np.ndarray:
    """Largest accepted error of a sum of ``terms`` products, whose absolute values sum to ``magnitude``."""
    # A product below the normal range may be rounded to a multiple of the smallest number or to 0.
    return EPS * (terms + 2) * magnitude + (terms + 1) * TINY


def error_bound(
    x: np.ndarray,
    w: np.ndarray,
    bias: np.ndarray | None = None,
    *,
    activation: Any = None,
    convolve: Callable[..., np.ndarray] = reference.depthwise,
    epilogue: dict[str, np.ndarray] | None = None,
    **geometry: Any,
) -> np.ndarray:
    """Largest accepted absolute error of each element of the result of a reference, `convolve`.

    `epilogue`: scale, shift and add, those that there are.
    """
    epilogue = epilogue or {}
    rank = len(geometry.get("layout", "NCHW").strip("N")) - 1
    # Of grouped weights (O, C / groups, k…), all that one output sums over.
    leading = w.shape[1] if convolve is not reference.depthwise else 1
    taps = leading * math.prod(w.shape[-rank:])
    sizes = [None if array is None else np.abs(array) for array in (x, w, bias)]
    terms = {name: np.abs(array.astype(np.float64)) for name, array in epilogue.items()}
    magnitude = convolve(sizes[0], sizes[1], sizes[2], **terms, **geometry)
    bound = sum_bound(magnitude, taps) * steepest_slope(activation)
    if activation is not None:
        before = convolve(x, w, bias, **epilogue, **geometry)
        with np.errstate(all="ignore"):
            after = activate(before, activation)
        bound += own_error(before, after, activation)
    return bound
