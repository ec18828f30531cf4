"""Grouped, standard and pointwise convolution in one call."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike, NDArray

from dwconv import _core
from dwconv._arguments import ActivationLike, Padding, Sizes, Strategy, count, options

_group_count = _core.remember(count, ())


def dnnl_conv(
    x: NDArray[np.float32],
    w: NDArray[np.float32],
    bias: NDArray[np.float32] | None = None,
    *,
    groups: int = 1,
    stride: Sizes = 1,
    padding: Padding = 0,
    dilation: Sizes = 1,
    layout: str = "NCHW",
    activation: ActivationLike = None,
    out: NDArray[np.float32] | None = None,
    out_dtype: DTypeLike | None = None,
    threads: int | None = None,
    strategy: Strategy = None,
) -> NDArray[np.float32]:
    """Convolution with groups: each output channel sums over the input channels of its group.

    One group is a standard convolution, and with a kernel of 1 × 1 a pointwise one; as many groups as
    channels are a depthwise one, with the result of `dnnl_depthwise`. It takes
    ``2 · n · O · (C / groups) · oh · ow · kh · kw`` operations.

    Parameters
    ----------
    x : ndarray of float32
        Of the shape that `layout` says. Any strides; never written.
    w : ndarray of float32
        (O, C / groups, kh, kw), in one dimension (O, C / groups, k), whatever the layout; the first
        O / groups of the outputs are of the first group.
    bias : ndarray of float32, optional
        (O,)
    groups : int
        A divisor of the C input channels and of the O output channels.
    stride, padding, dilation, layout, activation, out, out_dtype, threads
        As for `dnnl_depthwise`.
    strategy : str, optional
        'direct', 'tiled' or 'reordered', to force a way of running it; see `Plan.strategy`.

    Returns
    -------
    ndarray of float32
        As `dnnl_depthwise` returns it.

    Raises
    ------
    InvalidArgument, InvalidType, Unsupported, BackendError
        As `dnnl_depthwise`.

    Examples
    --------
    >>> import numpy as np, dwconv
    >>> x = np.arange(4, dtype=np.float32).reshape(1, 4, 1, 1)
    >>> w = np.ones((2, 4, 1, 1), dtype=np.float32)
    >>> dwconv.dnnl_conv(x, w).ravel()
    array([6., 6.], dtype=float32)
    >>> dwconv.dnnl_conv(x, w[:, :2], groups=2).ravel()
    array([1., 5.], dtype=float32)
    """
    return _core.conv(
        x,
        w,
        bias,
        None,
        None,
        None,
        out,
        _group_count("groups", groups),
        options(stride, padding, dilation, layout, activation, out_dtype, threads, strategy),
    )
