"""Convolution with groups as a direct sum in float64, tap by tap as `reference` does it."""

from __future__ import annotations

from typing import Any

import numpy as np

import reference
from helpers.activations import activate


def grouped(
    x: np.ndarray,
    w: np.ndarray,
    bias: np.ndarray | None = None,
    *,
    groups: int = 1,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    layout: str = "NCHW",
    activation: Any = None,
) -> np.ndarray:
    """Convolution of weights (O, C / groups, kh, kw) in float64, in the layout of ``x``.

    It is the sum over the group's channels of depthwise convolutions, each with O / groups outputs.
    """
    source = reference.channels_first(x, layout)
    channels = source.shape[1]
    members, per_group = channels // groups, len(w) // groups
    geometry = {"stride": stride, "padding": padding, "dilation": dilation}
    with np.errstate(all="ignore"):
        total: Any = 0.0
        for member in range(members):
            # One channel of each group, with the outputs of that group: depthwise, M = O / groups.
            chosen = source[:, member::members]
            weights = w[:, member].reshape(groups, per_group, 1, *w.shape[2:])
            total = total + reference.depthwise(chosen, weights, **geometry)
        if bias is not None:
            total = total + bias.astype(np.float64)[:, None, None]
        return reference.from_channels_first(activate(total, activation), layout)
