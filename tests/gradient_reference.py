"""The adjoints of depthwise convolution in float64, written from the definition alone.

Each of a convolution's products ``x · w`` belongs to one output, and is met again in each of its
gradients with another of the three factors left out. As in ``reference``, the products are gone
through tap by tap, over the outputs for which the tap lies inside the input.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import reference
from helpers.activations import activate


def backward_data(
    dy: np.ndarray,
    w: np.ndarray,
    x_shape: Sequence[int],
    *,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    layout: str = "NCHW",
) -> np.ndarray:
    """The gradient by x of ``sum(dy · reference.depthwise(x, w, …))``, in the layout of x."""
    form = reference.channels_first(np.broadcast_to(np.float32(0), x_shape), layout)
    channels, *size = form.shape[1:]
    kernel = w.shape[-len(size) :]
    weights = w.astype(np.float64).reshape(channels, -1, *kernel)
    given = reference.channels_first(dy, layout)
    given = given.reshape(len(form), *weights.shape[:2], *given.shape[2:])
    terms = reference.axes(size, kernel, stride, padding, dilation)
    result = np.zeros((*given.shape[:3], *size))
    with np.errstate(all="ignore"):
        for tap, outputs, inputs in reference.taps(terms):
            factors = weights[(..., *tap)].reshape(*weights.shape[:2], *[1] * len(size))
            result[(..., *inputs)] += given[(..., *outputs)] * factors
        return reference.from_channels_first(result.sum(axis=2), layout)


def transposed_axes(
    size: Sequence[int],
    kernel: Sequence[int],
    stride: Any,
    padding: Any,
    dilation: Any,
    output_padding: Any,
) -> list[tuple[int, reference.Pair]]:
    """Elements of the result of a transposed convolution, and padding, of each dimension."""
    rank = len(size)
    strides, dilations, more = (
        reference.entries(each, rank) for each in (stride, dilation, output_padding)
    )
    if padding in ("same", "same_lower"):
        sizes = [each * step for each, step in zip(size, strides, strict=True)]
        pads = reference.padding_pairs(padding, sizes, kernel, strides, dilations)
        return list(zip(sizes, pads, strict=True))
    pads = reference.padding_pairs(padding, size, kernel, strides, dilations)
    return [
        (
            (size[i] - 1) * strides[i]
            - sum(pads[i])
            + (kernel[i] - 1) * dilations[i]
            + more[i]
            + 1,
            pads[i],
        )
        for i in range(rank)
    ]


def transposed(
    x: np.ndarray,
    w: np.ndarray,
    bias: np.ndarray | None = None,
    *,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    dilation: Any = 1,
    layout: str = "NCHW",
    activation: Any = None,
) -> np.ndarray:
    """Transposed depthwise convolution in float64, in the layout of x; w is (C, M, k…).

    Each element puts down its kernel on a canvas, of which the padding is then cut off.
    """
    source = reference.channels_first(x, layout)
    batch, channels, *size = source.shape
    rank = len(size)
    kernel = w.shape[-rank:]
    weights = w.astype(np.float64).reshape(channels, -1, *kernel)
    axes = transposed_axes(size, kernel, stride, padding, dilation, output_padding)
    steps, dilations = (reference.entries(each, rank) for each in (stride, dilation))
    canvas = np.zeros((batch, *weights.shape[:2], *(each + sum(pads) for each, pads in axes)))
    with np.errstate(all="ignore"):
        for tap in np.ndindex(*kernel):
            met = (
                slice(k * d, k * d + (n - 1) * s + 1, s)
                for k, d, n, s in zip(tap, dilations, size, steps, strict=True)
            )
            factors = weights[(..., *tap)].reshape(*weights.shape[:2], *[1] * rank)
            canvas[(..., *met)] += source[:, :, None] * factors
        kept = (slice(low, low + each) for each, (low, _) in axes)
        outputs = weights.shape[0] * weights.shape[1]
        result = canvas[(..., *kept)].reshape(batch, outputs, *(each for each, _ in axes))
        if bias is not None:
            result = result + reference.per_channel(bias, rank)
        return reference.from_channels_first(activate(result, activation), layout)


def backward_weights(
    x: np.ndarray,
    dy: np.ndarray,
    w_shape: Sequence[int],
    *,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    layout: str = "NCHW",
) -> np.ndarray:
    """The gradient by w of ``sum(dy · reference.depthwise(x, w, …))``."""
    source = reference.channels_first(x, layout)
    batch, channels, *size = source.shape
    kernel = w_shape[-len(size) :]
    given = reference.channels_first(dy, layout)
    given = given.reshape(batch, channels, given.shape[1] // channels, *given.shape[2:])
    terms = reference.axes(size, kernel, stride, padding, dilation)
    result = np.zeros((*given.shape[1:3], *kernel))
    with np.errstate(all="ignore"):
        for tap, outputs, inputs in reference.taps(terms):
            products = given[(..., *outputs)] * source[(slice(None), slice(None), None, *inputs)]
            result[(..., *tap)] = products.sum(axis=(0, *range(3, products.ndim)))
    return result.reshape(w_shape)


def backward_bias(dy: np.ndarray, *, layout: str = "NCHW") -> np.ndarray:
    """The gradient by the bias: the sum over all but the channels."""
    given = reference.channels_first(dy, layout)
    with np.errstate(all="ignore"):
        return given.sum(axis=(0, *range(2, given.ndim)))
