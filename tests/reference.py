"""Depthwise convolution as a direct sum in float64, written from the definition alone.

Shares no code with the package. One slice addition per kernel tap, over the outputs for which that
tap lies inside the input, so that padding never takes part in a product and 0 * inf is never formed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from helpers.activations import activate

Pair = tuple[int, int]
Slices = tuple[slice, ...]


def entries(value: Any, rank: int) -> tuple[int, ...]:
    """An int for all, or one int for each spatial dimension, as one for each."""
    if not isinstance(value, Sequence):
        return (int(value),) * rank
    assert len(value) == rank
    return tuple(int(each) for each in value)


def pair(value: Any) -> Pair:
    """An int for both, or two ints."""
    first, second = entries(value, 2)
    return first, second


def same_padding(size: int, kernel: int, stride: int, dilation: int) -> Pair:
    """TensorFlow's SAME for one dimension: ceil(size / stride) outputs, the odd zero at the end."""
    outputs = -(-size // stride)
    extent = (kernel - 1) * dilation + 1
    total = max((outputs - 1) * stride + extent - size, 0)
    return total // 2, total - total // 2


def padding_pairs(
    padding: Any,
    size: Sequence[int],
    kernel: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
) -> list[Pair]:
    """Any accepted form of ``padding`` as (low, high) for each spatial dimension."""
    if padding == "valid":
        return [(0, 0)] * len(size)
    if padding == "causal":
        (taps,), (distance,) = kernel, dilation
        return [((taps - 1) * distance, 0)]
    if padding in ("same", "same_lower"):
        pads = [same_padding(*terms) for terms in zip(size, kernel, stride, dilation, strict=True)]
        return pads if padding == "same" else [(high, low) for low, high in pads]
    if isinstance(padding, Sequence):
        return [pair(entry) for entry in padding]
    return [pair(padding)] * len(size)


def output_size(size: int, kernel: int, stride: int, dilation: int, pads: Pair) -> int:
    """Number of positions of one dimension at which the whole kernel fits."""
    return (size + sum(pads) - ((kernel - 1) * dilation + 1)) // stride + 1


def axes(
    size: Sequence[int], kernel: Sequence[int], stride: Any, padding: Any, dilation: Any
) -> list[tuple[int, int, int, int, Pair]]:
    """Size, kernel, stride, dilation and padding of each spatial dimension, from any accepted form."""
    strides, dilations = entries(stride, len(size)), entries(dilation, len(size))
    pads = padding_pairs(padding, size, kernel, strides, dilations)
    return list(zip(size, kernel, strides, dilations, pads, strict=True))


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


def taps(terms: Sequence[Any]) -> Iterator[tuple[tuple[int, ...], Slices, Slices]]:
    """Each tap of a kernel, the outputs for which it is inside the input, and the inputs.

    ``terms`` are those of ``axes``.
    """
    ranges = [tap_ranges(*each) for each in terms]
    for tap in np.ndindex(*map(len, ranges)):
        met = [ranges[axis][index] for axis, index in enumerate(tap)]
        yield tap, tuple(outputs for outputs, _ in met), tuple(inputs for _, inputs in met)


def _canonical(layout: str) -> str:
    return "NC" + layout.strip("NC")


def channels_first(x: np.ndarray, layout: str) -> np.ndarray:
    """A float64 N, C, H, W (or N, C, W, or N, C, D, H, W) view or copy of an array in any layout."""
    batched = x if "N" in layout else x[np.newaxis]
    letters = layout if "N" in layout else "N" + layout
    order = [letters.index(letter) for letter in _canonical(layout)]
    return batched.transpose(order).astype(np.float64)


def from_channels_first(y: np.ndarray, layout: str) -> np.ndarray:
    """An N, C, H, W array in another layout; the batch of an unbatched layout is dropped."""
    letters = layout if "N" in layout else "N" + layout
    moved = y.transpose([_canonical(layout).index(letter) for letter in letters])
    return moved if "N" in layout else moved[0]


def per_channel(values: np.ndarray, rank: int) -> np.ndarray:
    """One number for each channel, to be combined with a channels-first array."""
    return values.astype(np.float64).reshape(-1, *[1] * rank)


def depthwise(
    x: np.ndarray,
    w: np.ndarray,
    bias: np.ndarray | None = None,
    *,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    layout: str = "NCHW",
    scale: np.ndarray | None = None,
    shift: np.ndarray | None = None,
    add: np.ndarray | None = None,
    activation: Any = None,
) -> np.ndarray:
    """act(scale · (conv + bias) + shift + add) in float64, in the layout of ``x``.

    ``activation`` is None, a kind, or (kind, alpha, beta) with None for a parameter's default.
    """
    source = channels_first(x, layout)
    batch, channels, *size = source.shape
    rank = len(size)
    kernel = w.shape[-rank:]
    weights = w.astype(np.float64).reshape(channels, -1, *kernel)
    multiplier = weights.shape[1]
    terms = axes(size, kernel, stride, padding, dilation)

    result = np.zeros((batch, channels, multiplier, *(output_size(*each) for each in terms)))
    with np.errstate(all="ignore"):
        for tap, outputs, inputs in taps(terms):
            factors = weights[(..., *tap)].reshape(channels, multiplier, *[1] * rank)
            result[(..., *outputs)] += source[(slice(None), slice(None), None, *inputs)] * factors
        result = result.reshape(batch, channels * multiplier, *result.shape[3:])
        if bias is not None:
            result += per_channel(bias, rank)
        if scale is not None:
            result *= per_channel(scale, rank)
        if shift is not None:
            result += per_channel(shift, rank)
        if add is not None:
            result += channels_first(add, layout)
        return from_channels_first(activate(result, activation), layout)
