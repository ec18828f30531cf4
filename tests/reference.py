"""Depthwise convolution as a direct sum in float64, written from the definition alone.

Shares no code with the package. One slice addition per kernel tap, over the outputs for which that
tap lies inside the input, so that padding never takes part in a product and 0 * inf is never formed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from helpers.activations import activate

Pair = tuple[int, int]


def pair(value: Any) -> Pair:
    """An int, or one int per spatial dimension, as (vertical, horizontal)."""
    if isinstance(value, Sequence):
        vertical, horizontal = value
        return int(vertical), int(horizontal)
    return int(value), int(value)


def same_padding(size: int, kernel: int, stride: int, dilation: int) -> Pair:
    """TensorFlow's SAME for one dimension: ceil(size / stride) outputs, the odd zero at the end."""
    outputs = -(-size // stride)
    extent = (kernel - 1) * dilation + 1
    total = max((outputs - 1) * stride + extent - size, 0)
    return total // 2, total - total // 2


def padding_pairs(
    padding: Any, size: Pair, kernel: Pair, stride: Pair, dilation: Pair
) -> list[Pair]:
    """Any accepted form of ``padding`` as (low, high) for each spatial dimension."""
    if padding == "valid":
        return [(0, 0), (0, 0)]
    if padding in ("same", "same_lower"):
        pads = [same_padding(*terms) for terms in zip(size, kernel, stride, dilation, strict=True)]
        return pads if padding == "same" else [(high, low) for low, high in pads]
    if isinstance(padding, Sequence):
        return [pair(entry) for entry in padding]
    return [pair(padding), pair(padding)]


def output_size(size: int, kernel: int, stride: int, dilation: int, pads: Pair) -> int:
    """Number of positions of one dimension at which the whole kernel fits."""
    return (size + sum(pads) - ((kernel - 1) * dilation + 1)) // stride + 1


def tap_ranges(
    size: int, kernel: int, stride: int, dilation: int, pads: Pair
) -> list[tuple[slice, slice]]:
    """For each tap of one dimension, the outputs for which it is inside the input, and the inputs."""
    outputs = output_size(size, kernel, stride, dilation, pads)
    ranges = []
    for offset in range(0, kernel * dilation, dilation):
        first = max(0, -((offset - pads[0]) // stride))
        last = min(outputs - 1, (size - 1 + pads[0] - offset) // stride)
        begin = first * stride - pads[0] + offset
        if last < first:
            ranges.append((slice(0, 0), slice(0, 0)))
        else:
            end = begin + (last - first) * stride + 1
            ranges.append((slice(first, last + 1), slice(begin, end, stride)))
    return ranges


def channels_first(x: np.ndarray, layout: str) -> np.ndarray:
    """A float64 N, C, H, W view or copy of an array in any layout."""
    batched = x if "N" in layout else x[np.newaxis]
    letters = layout if "N" in layout else "N" + layout
    return batched.transpose([letters.index(letter) for letter in "NCHW"]).astype(np.float64)


def from_channels_first(y: np.ndarray, layout: str) -> np.ndarray:
    """An N, C, H, W array in another layout; the batch of an unbatched layout is dropped."""
    letters = layout if "N" in layout else "N" + layout
    moved = y.transpose(["NCHW".index(letter) for letter in letters])
    return moved if "N" in layout else moved[0]


def weights_by_multiplier(w: np.ndarray, channels: int) -> np.ndarray:
    """Any accepted rank of weights as (channels, multiplier, kh, kw)."""
    return w.reshape(channels, -1, *w.shape[-2:])


def depthwise(
    x: np.ndarray,
    w: np.ndarray,
    bias: np.ndarray | None = None,
    *,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    layout: str = "NCHW",
    activation: Any = None,
) -> np.ndarray:
    """Depthwise convolution in float64, in the layout of ``x``.

    ``activation`` is None, a kind, or (kind, alpha, beta) with None for a parameter's default.
    """
    source = channels_first(x, layout)
    batch, channels, *size = source.shape
    weights = weights_by_multiplier(w.astype(np.float64), channels)
    kernel = (weights.shape[2], weights.shape[3])
    strides, dilations = pair(stride), pair(dilation)
    pads = padding_pairs(padding, (size[0], size[1]), kernel, strides, dilations)
    terms = list(zip(size, kernel, strides, dilations, pads, strict=True))
    height, width = (output_size(*each) for each in terms)
    vertical, horizontal = (tap_ranges(*each) for each in terms)

    result = np.zeros((batch, channels, weights.shape[1], height, width))
    with np.errstate(all="ignore"):
        for i, (rows, source_rows) in enumerate(vertical):
            for j, (columns, source_columns) in enumerate(horizontal):
                products = (
                    source[:, :, None, source_rows, source_columns]
                    * weights[:, :, i, j, None, None]
                )
                result[:, :, :, rows, columns] += products
        result = result.reshape(batch, channels * weights.shape[1], height, width)
        if bias is not None:
            result += bias.astype(np.float64)[:, None, None]
        return from_channels_first(activate(result, activation), layout)
