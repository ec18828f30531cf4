"""Depthwise convolution in NumPy, to read and to compare with.

`depthwise_loops` is the algorithm as it is taught, for one image and kernels of odd size;
`depthwise` computes all that `dwconv.dnnl_depthwise` does. Neither uses the compiled library.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from dwconv import _arguments, _geometry
from dwconv._activations import Doubles, activate
from dwconv._arguments import ActivationLike, Padding, Sizes, Strategy

Floats = NDArray[np.floating]

__all__ = ["depthwise", "depthwise_loops"]


def _floating(argument: str, array: Any) -> np.dtype[Any]:
    """The dtype of an array of floating numbers, in native byte order."""
    if not isinstance(array, np.ndarray) or not np.issubdtype(array.dtype, np.floating):
        raise _arguments.wrong_type(argument, "a numpy.ndarray of a floating dtype", array)
    native: np.dtype[Any] = array.dtype.newbyteorder("=")
    return native


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


def _per_channel(argument: str, array: Floats, channels: int) -> Doubles:
    """One number for each channel of the result."""
    _floating(argument, array)
    if array.shape != (channels,):
        raise _arguments.wrong_value(argument, f"shape ({channels},)", array.shape)
    return array.astype(np.float64)


def _added(add: Floats, shape: tuple[int, ...], layout: str) -> Doubles:
    """An array in a layout, of a result whose channels come first in `shape`."""
    _floating("add", add)
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
    dtype = np.result_type(_floating("x", x), _floating("w", w))
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
    x: Floats,
    w: Floats,
    bias: Floats | None = None,
    *,
    stride: Sizes = 1,
    padding: Padding = 0,
    dilation: Sizes = 1,
    layout: str = "NCHW",
    scale: Floats | None = None,
    shift: Floats | None = None,
    add: Floats | None = None,
    activation: ActivationLike = None,
    out: Floats | None = None,
    out_dtype: DTypeLike | None = None,
    threads: int | None = None,
    strategy: Strategy = None,
) -> Floats:
    """What `dwconv.dnnl_depthwise` computes, in NumPy: a multiplication and an addition of arrays for each tap.

    All is computed in float64 and rounded once. A tap takes part where it lies inside `x`, so padding
    contributes nothing: 0 · inf is never formed of it.

    Parameters
    ----------
    x, w, bias, stride, padding, dilation, layout, scale, shift, add, activation
        As for `dwconv.dnnl_depthwise`, and of any floating dtype.
    out : ndarray, optional
        Where the result goes; it may overlap the other arrays.
    out_dtype : dtype, optional
        Of the result, any floating one; that of `out` or `x` by default.
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
    """
    dtype = np.dtype(_floating("x", x) if out is None else _floating("out", out))
    if out_dtype is not None:
        dtype = np.dtype(out_dtype)
    if not isinstance(layout, str):
        raise _arguments.wrong_type("layout", "a str such as 'NCHW'", layout)
    batch, channels, spatial = _geometry.source("x", x.shape, layout)
    batched = int("N" in layout)
    # The dimensions of space have the same order in every layout: the channels alone move.
    source = np.moveaxis(x, layout.index("C"), batched).astype(np.float64, order="C")
    source = source.reshape(batch, channels, 1, *spatial)
    _floating("w", w)
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
            y += _per_channel("bias", bias, outputs).reshape(outputs, *ones)
        if scale is not None:
            y *= _per_channel("scale", scale, outputs).reshape(outputs, *ones)
        if shift is not None:
            y += _per_channel("shift", shift, outputs).reshape(outputs, *ones)
        if add is not None:
            y += _added(add, y.shape if batched else y.shape[1:], layout)
    rule = _arguments.activation_of("activation", activation)
    if rule is not None:
        y = activate(y, rule.kind, rule.alpha, rule.beta)
    moved = np.moveaxis(y if batched else y[0], batched, layout.index("C"))
    with np.errstate(over="ignore"):
        result: Floats = moved.astype(dtype, order="C")
    if out is None:
        return result
    if out.shape != result.shape:
        raise _arguments.wrong_value("out", f"shape {result.shape}", out.shape)
    if out.dtype != dtype:
        raise _arguments.wrong_type("out", f"dtype {dtype}", out.dtype)
    out[...] = result
    return out
