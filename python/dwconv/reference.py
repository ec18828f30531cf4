"""Depthwise convolution in NumPy, to read and to compare with.

`depthwise_loops` is the algorithm as it is taught, for one image and kernels of odd size;
`depthwise` computes all that `dwconv.dnnl_depthwise` does, and takes float64 too. Neither convolves by
the compiled library.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from dwconv import _arguments, _geometry
from dwconv._activations import Doubles, activate
from dwconv._arguments import ActivationLike, Padding, Sizes, Strategy
from dwconv._reference_dtypes import (
    BYTES,
    FLOATING,
    FLOATS,
    RESULTS,
    SOURCES,
    dtype_of,
    named_dtype,
    rounded,
)

Floats = NDArray[np.floating]
Array = NDArray[Any]

__all__ = ["depthwise", "depthwise_loops"]


def _places(
    tap: Sequence[int], spatial: Sequence[int], window: _geometry.Window
) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """The outputs for which a tap lies inside the source, and the elements of it under the tap."""
    places, under = [], []
    for position, size, stride, dilation, (low, _), outputs in zip(
        tap, spatial, *window, strict=True
    ):
        index = np.arange(outputs) * stride - low + position * dilation
        inside = np.flatnonzero((index >= 0) & (index < size)).tolist()
        first, end = (inside[0], inside[-1] + 1) if inside else (0, 0)
        start = int(index[first]) if inside else 0
        places.append(slice(first, end))
        under.append(slice(start, start + (end - first) * stride, stride))
    return tuple(places), tuple(under)


def _per_channel(argument: str, array: Array, channels: int, kinds: tuple[str, ...]) -> Doubles:
    """One number for each channel of the result."""
    dtype_of(argument, array, kinds)
    if array.shape != (channels,):
        raise _arguments.wrong_value(argument, f"shape ({channels},)", array.shape)
    return array.astype(np.float64)


def _added(add: Array, shape: tuple[int, ...], layout: str, kinds: tuple[str, ...]) -> Doubles:
    """An array in a layout, of a result whose channels come first in `shape`."""
    dtype_of("add", add, kinds)
    batched = int("N" in layout)
    expected = [*shape[:batched], *shape[batched + 1 :]]
    expected.insert(layout.index("C"), shape[batched])
    if add.shape != tuple(expected):
        raise _arguments.wrong_value("add", f"shape {tuple(expected)}", add.shape)
    return np.moveaxis(add, layout.index("C"), batched).astype(np.float64)


def depthwise_loops(x: Floats, w: Floats) -> Floats:
    """Depthwise convolution in four steps, as it is taught.

    The result has the height and width of `x`, so the padding is f // 2 zeros on each side. A version
    in circulation pads by f, reads from the corner of the padded image on, and so shifts the result and
    enlarges it; here the middle of the kernel lies on the element that is computed.

    Parameters
    ----------
    x : ndarray
        (height, width, channels)
    w : ndarray
        (f, f, channels), f odd.

    Returns
    -------
    ndarray
        (height, width, channels), as ``dnnl_depthwise(x, w.transpose(2, 0, 1), padding="same",
        layout="HWC")``.

    Raises
    ------
    InvalidArgument, InvalidType

    Examples
    --------
    >>> import numpy as np, dwconv
    >>> x = np.arange(1.0, 10.0).reshape(3, 3, 1)
    >>> dwconv.reference.depthwise_loops(x, np.ones((3, 3, 1)))[:, :, 0]
    array([[12., 21., 16.],
           [27., 45., 33.],
           [24., 39., 28.]])
    """
    dtype = np.result_type(dtype_of("x", x, (FLOATING,)), dtype_of("w", w, (FLOATING,)))
    if x.ndim != 3:
        raise _arguments.wrong_value("x", "shape (height, width, channels)", x.shape)
    height, width, channels = x.shape
    f = w.shape[0] if w.ndim else 0
    if w.shape != (f, f, channels) or f % 2 == 0 or channels == 0:
        raise _arguments.wrong_value("w", f"shape (f, f, {channels}), f odd", w.shape)

    # 1. Split by channel.
    planes = [x[:, :, c] for c in range(channels)]
    kernels = [w[:, :, c] for c in range(channels)]
    # 2. Pad.
    padded = [np.pad(plane, f // 2) for plane in planes]
    # 3. At each place, the dot product of the kernel and the patch under it.
    results = [np.empty((height, width), dtype) for _ in range(channels)]
    for c in range(channels):
        for i in range(height):
            for j in range(width):
                patch = padded[c][i : i + f, j : j + f]
                results[c][i, j] = np.sum(patch * kernels[c])
    # 4. Merge.
    return np.stack(results, axis=-1)


def depthwise(
    x: Array,
    w: Array,
    bias: Array | None = None,
    *,
    stride: Sizes = 1,
    padding: Padding = 0,
    dilation: Sizes = 1,
    layout: str = "NCHW",
    scale: Array | None = None,
    shift: Array | None = None,
    add: Array | None = None,
    activation: ActivationLike = None,
    out: Array | None = None,
    out_dtype: DTypeLike | None = None,
    threads: int | None = None,
    strategy: Strategy = None,
) -> Array:
    """What `dwconv.dnnl_depthwise` computes, in NumPy: a multiplication and an addition of arrays for each tap.

    All is computed in float64 and rounded once (to bfloat16 by way of float32, as `ml_dtypes` does). A tap
    takes part where it lies inside `x`, so padding contributes nothing: 0 · inf is never formed of it.

    Parameters
    ----------
    x, w, bias, stride, padding, dilation, layout, scale, shift, add, activation
        As for `dwconv.dnnl_depthwise`. Where `x` is of a floating dtype or bfloat16, so are the other
        arrays, each of its own. Where it is int8 or uint8, `w` is one of them, `bias` int32, and `add`
        may be of the result's dtype.
    out : ndarray, optional
        Where the result goes; it may overlap the other arrays.
    out_dtype : dtype, optional
        Of the result, any floating one or bfloat16, or where `x` is int8 or uint8 one of them or int32;
        that of `out` or `x` by default.
    threads, strategy
        Taken, so that the arguments of one function serve the other, and not used.

    Returns
    -------
    ndarray
        `out` if given, else a new array in C order.

    Raises
    ------
    InvalidArgument, InvalidType, Unsupported
        As `dwconv.dnnl_depthwise`.

    Examples
    --------
    >>> import numpy as np, dwconv
    >>> x = np.arange(16.0).reshape(1, 1, 4, 4)
    >>> dwconv.reference.depthwise(x, np.ones((1, 3, 3)))
    array([[[[45., 54.],
             [81., 90.]]]])
    >>> pixels = np.full((1, 1, 3, 3), 200, dtype=np.uint8)
    >>> dwconv.reference.depthwise(pixels, np.ones((1, 3, 3), np.int8), out_dtype=np.int32)
    array([[[[1800]]]], dtype=int32)
    """
    dtype = dtype_of("x", x, SOURCES)
    of_bytes = dtype.name in BYTES
    results = RESULTS if of_bytes else FLOATS
    if out is not None:
        dtype = dtype_of("out", out, results)
    if out_dtype is not None:
        dtype = named_dtype("out_dtype", out_dtype, results)
    batch, channels, spatial = _geometry.source("x", x.shape, layout)
    batched = int("N" in layout)
    # The dimensions of space have the same order in every layout: the channels alone move.
    source = np.moveaxis(x, layout.index("C"), batched).astype(np.float64, order="C")
    source = source.reshape(batch, channels, 1, *spatial)
    dtype_of("w", w, BYTES if of_bytes else FLOATS)
    form = _geometry.depthwise_weights("w", w.shape, channels, len(spatial))
    weights = w.astype(np.float64).reshape(channels, form.multiplier, *form.kernel)
    window = _geometry.window("w", spatial, form.kernel, stride, padding, dilation)

    outputs, ones = channels * form.multiplier, [1] * len(spatial)
    y: Doubles = np.zeros((batch, channels, form.multiplier, *window.output))
    with np.errstate(invalid="ignore", over="ignore"):
        for tap in np.ndindex(*form.kernel):
            places, under = _places(tap, spatial, window)
            factors = weights[(..., *tap)].reshape(channels, form.multiplier, *ones)
            y[(..., *places)] += source[(..., *under)] * factors
        y = y.reshape(batch, outputs, *window.output)
        if bias is not None:
            kinds = ("int32",) if of_bytes else FLOATS
            y += _per_channel("bias", bias, outputs, kinds).reshape(outputs, *ones)
        if scale is not None:
            y *= _per_channel("scale", scale, outputs, FLOATS).reshape(outputs, *ones)
        if shift is not None:
            y += _per_channel("shift", shift, outputs, FLOATS).reshape(outputs, *ones)
        if add is not None:
            kinds = (dtype.name,) if dtype.kind in "iu" else FLOATS
            y += _added(add, y.shape if batched else y.shape[1:], layout, kinds)
    rule = _arguments.activation_of("activation", activation)
    if rule is not None:
        y = activate(y, rule.kind, rule.alpha, rule.beta)
    moved = np.moveaxis(y if batched else y[0], batched, layout.index("C"))
    result = rounded(moved, dtype)
    if out is None:
        return result
    if out.shape != result.shape:
        raise _arguments.wrong_value("out", f"shape {result.shape}", out.shape)
    if out.dtype != dtype:
        raise _arguments.wrong_type("out", f"dtype {dtype}", out.dtype)
    out[...] = result
    return out
