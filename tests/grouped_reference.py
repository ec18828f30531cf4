"""Convolution with groups as a direct sum in float64, tap by tap as `reference` does it."""

from __future__ import annotations

import math
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
    """Convolution of weights (O, C / groups, kh, kw) in float64, in the layout of ``x``."""
    source = reference.channels_first(x, layout)
    batch, channels, *size = source.shape
    rank, per_group, kernel = len(size), len(w) // groups, w.shape[2:]
    weights = w.astype(np.float64).reshape(groups, per_group, channels // groups, *kernel)
    strides, dilations = reference.entries(stride, rank), reference.entries(dilation, rank)
    pads = reference.padding_pairs(padding, size, kernel, strides, dilations)
    terms = list(zip(size, kernel, strides, dilations, pads, strict=True))

    outputs_of_all = [reference.output_size(*each) for each in terms]
    result = np.zeros((batch, groups, per_group, *outputs_of_all))
    members = source.reshape(batch, groups, channels // groups, *size)
    with np.errstate(all="ignore"):
        for tap, outputs, inputs in reference.taps(terms):
            under = members[(..., *inputs)]
            flat = under.reshape(*under.shape[:3], math.prod(under.shape[3:]))
            sums = np.matmul(weights[(..., *tap)], flat)
            result[(..., *outputs)] += sums.reshape(*sums.shape[:3], *under.shape[3:])
        result = result.reshape(batch, groups * per_group, *outputs_of_all)
        if bias is not None:
            result += reference.per_channel(bias, rank)
        return reference.from_channels_first(activate(result, activation), layout)
