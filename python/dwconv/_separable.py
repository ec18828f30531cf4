"""Separable convolution, depthwise and then pointwise, in one call."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike, NDArray

from dwconv import _core
from dwconv._arguments import (
    ActivationLike,
    Padding,
    SeparableStrategy,
    Sizes,
    activation_of,
    options,
)


def dnnl_separable(
    x: NDArray[np.float32],
    w_depthwise: NDArray[np.float32],
    w_pointwise: NDArray[np.float32],
    bias: NDArray[np.float32] | None = None,
    *,
    depthwise_bias: NDArray[np.float32] | None = None,
    depthwise_activation: ActivationLike = None,
    stride: Sizes = 1,
    padding: Padding = 0,
    dilation: Sizes = 1,
    layout: str = "NCHW",
    activation: ActivationLike = None,
    out: NDArray[np.float32] | None = None,
    out_dtype: DTypeLike | None = None,
    threads: int | None = None,
    strategy: SeparableStrategy = None,
) -> NDArray[np.float32]:
    """Depthwise convolution, then a 1 × 1 convolution of its result to any number of channels.

    The same as `dnnl_depthwise` followed by `dnnl_conv`, in one pass: the depthwise result of a band
    of rows stays in the processor's cache and goes straight into the 1 × 1 convolution. It takes
    ``2 · n · C · M · oh · ow · (kh · kw + O)`` operations.

    Parameters
    ----------
    x : ndarray of float32
        Of the shape that `layout` says. Any strides; never written.
    w_depthwise : ndarray of float32
        (C, kh, kw), (C·M, 1, kh, kw) or (C, M, 1, kh, kw), whatever the layout.
    w_pointwise : ndarray of float32
        (O, C·M) or (O, C·M, 1, 1), whatever the layout.
    bias, activation
        Of the 1 × 1 convolution; `bias` is (O,).
    depthwise_bias : ndarray of float32, optional
        (C·M,)
    depthwise_activation : str or Activation, optional
        Between the two convolutions.
    stride, padding, dilation
        Of the depthwise convolution, as for `dnnl_depthwise`.
    layout, out, out_dtype, threads
        As for `dnnl_depthwise`.
    strategy : str, optional
        'fused', or 'unfused' for one convolution after the other, to force it.

    Returns
    -------
    ndarray of float32
        As `dnnl_depthwise` returns it, with O channels.

    Raises
    ------
    InvalidArgument, InvalidType, Unsupported, BackendError
        As `dnnl_depthwise`.

    References
    ----------
    A. Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision
    Applications", 2017.

    Examples
    --------
    >>> import numpy as np, dwconv
    >>> x = np.ones((1, 2, 4, 4), dtype=np.float32)
    >>> w_depthwise = np.ones((2, 3, 3), dtype=np.float32)
    >>> w_pointwise = np.array([[1, 1], [1, -1], [0.5, 0]], dtype=np.float32)
    >>> dwconv.dnnl_separable(x, w_depthwise, w_pointwise)[0, :, 0, 0]
    array([18. ,  0. ,  4.5], dtype=float32)
    """
    return _core.separable(
        x,
        w_depthwise,
        w_pointwise,
        bias,
        depthwise_bias,
        out,
        activation_of("depthwise_activation", depthwise_activation),
        options(stride, padding, dilation, layout, activation, out_dtype, threads, strategy),
    )
