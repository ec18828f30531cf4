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
    per_group, kernel = len(w) // groups, (w.shape[2], w.shape[3])
    weights = w.astype(np.float64).reshape(groups, per_group, channels // groups, *kernel)
    strides, dilations = reference.pair(stride), reference.pair(dilation)
    pads = reference.padding_pairs(padding, (size[0], size[1]), kernel, strides, dilations)
    terms = list(zip(size, kernel, strides, dilations, pads, strict=True))
    height, width = (reference.output_size(*each) for each in terms)
    vertical, horizontal = (reference.tap_ranges(*each) for each in terms)

    result = np.zeros((batch, groups, per_group, height, width))
    members = source.reshape(batch, groups, channels // groups, *size)
    with np.errstate(all="ignore"):
        for i, (rows, source_rows) in enumerate(vertical):
            for j, (columns, source_columns) in enumerate(horizontal):
                under = members[..., source_rows, source_columns]
                flat = under.reshape(*under.shape[:3], math.prod(under.shape[3:]))
                sums = np.matmul(weights[..., i, j], flat)
                result[..., rows, columns] += sums.reshape(*sums.shape[:3], *under.shape[3:])
        result = result.reshape(batch, groups * per_group, height, width)
        if bias is not None:
            result += bias.astype(np.float64)[:, None, None]
        return reference.from_channels_first(activate(result, activation), layout)
