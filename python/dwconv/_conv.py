"""Depthwise convolution in one call."""

from __future__ import annotations

from typing import Any

from numpy.typing import DTypeLike, NDArray

from dwconv import _core
from dwconv._arguments import ActivationLike, Padding, Sizes, Strategy
from dwconv._dtypes import typed_options


def dnnl_depthwise(
    x: NDArray[Any],
    w: NDArray[Any],
    bias: NDArray[Any] | None = None,
    *,
    stride: Sizes = 1,
    padding: Padding = 0,
    dilation: Sizes = 1,
    layout: str = "NCHW",
    scale: NDArray[Any] | None = None,
    shift: NDArray[Any] | None = None,
    add: NDArray[Any] | None = None,
    activation: ActivationLike = None,
    out: NDArray[Any] | None = None,
    out_dtype: DTypeLike | None = None,
    threads: int | None = None,
    strategy: Strategy = None,
) -> NDArray[Any]:
    """Depthwise convolution: each channel of `x` with kernels of its own.

    ``conv[n, c·M + m, i, j] = Σ x[n, c, i·stride - low + a·dilation, …] · w[c, m, a, …]``, a cross-correlation
    as in deep learning: the kernel is not flipped. It takes ``2 · n · c · M · oh · ow · kh · kw`` operations.
    In one dimension, width alone, it is the same without the height, and in three with a depth before it.
    What follows, in this order, is fused, and each part may be missing:

    ``y = act(scale · (conv + bias) + shift + add)``

    What does not depend on the values of the weights is kept in a process-wide cache; the weights are
    packed on every call, so they may be changed between calls. With the same weights many times over,
    `Plan` packs them once.

    Besides float32, `x` and `w` may be float16, bfloat16 (of ml_dtypes), or each int8 or uint8. Sums are
    those of float32; those of integers are exact, whatever the size of the kernel. Bias, `add` and activation
    follow, and then the result is rounded once, to nearest, ties to even. In float16 what is too large
    becomes infinity; integers take their nearest value.

    `scale` and `shift` are folded first: the sum is of ``x · (scale · w)`` and ``scale · bias + shift``, both
    rounded to float32, as those of a batch normalization are that is folded into a convolution. So with
    integers of `x` and `w` the sums are those of float32 too, and a `scale` that is not finite meets each product.

    Parameters
    ----------
    x : ndarray of float32, float16, bfloat16, int8 or uint8
        Of the shape that `layout` says. Any strides; never written.
    w : ndarray of the dtype of `x`, or of int8 or uint8 with either of them
        (C, kh, kw), (C·M, 1, kh, kw) or (C, M, 1, kh, kw), whatever the layout; M output channels for
        each of the C input channels. In one dimension (C, k), (C·M, 1, k) or (C, M, 1, k); in three
        (C, kd, kh, kw) and so on.
    bias : ndarray of float32 or of the dtype of `x`, optional
        (C·M,); of int32 where `x` is int8 or uint8.
    scale, shift : ndarray of float32, or of the dtype of `x` if that is float16 or bfloat16, optional
        (C·M,), each alone or both. Of a batch normalization ``gamma / sqrt(variance + epsilon)`` and
        ``beta - scale · mean``.
    add : ndarray of the dtype and the shape of the result, optional
        Such as the input of a residual block; may be `x`. Any strides.
    stride, dilation : int or sequence of int
        In elements, for all spatial dimensions or one each.
    padding : int, sequence, or str
        Elements taken for zero around `x`: an int; an int or a (low, high) pair for each spatial
        dimension; 'valid' for none; 'same' for an output of ceil(in / stride), the odd element at the
        end; 'same_lower', at the beginning; in one dimension 'causal' too, (k - 1)·dilation before the
        first element and none behind the last, so that an output sees no later input. (A pair for one
        dimension is ``((1, 2),)``.)
    layout : str
        The order of the dimensions of `x` and of the result: 'NCHW', 'NHWC', 'CHW' or 'HWC'; in one
        dimension 'NCW', 'NWC', 'CW' or 'WC'; in three 'NCDHW', 'NDHWC', 'CDHW' or 'DHWC'.
    activation : str or Activation, optional
        Applied last. NaN stays NaN; at ±inf it has its limit. Where the result is int32, 'relu' or
        a clip to whole numbers.
    out : ndarray, optional
        Of the dtype of the result. Where the result goes. Any strides; may not overlap any other argument.
    out_dtype : dtype, optional
        Of the result; by default that of `x`, saturated and rounded for integers. With float16 or bfloat16
        it may be float32 too; with float32, float16 or bfloat16; with int8 or uint8 each of them, float32,
        or int32 for the exact sums.
    threads : int, optional
        The most threads to use; `get_num_threads()` by default. The result does not depend on it.
    strategy : str, optional
        'direct', 'tiled', 'planar' or 'reordered', to force a way of running float32; see `Plan.strategy`.

    Returns
    -------
    ndarray of `out_dtype`
        `out` if given. Else a new array in C order, or in the memory order of an `x` whose memory is
        dense channels-last and not in C order.

    Raises
    ------
    InvalidArgument
        (a ValueError) for a shape or value that does not fit; the text names the argument.
    InvalidType
        (a TypeError) for what is not an ndarray, or of a dtype that does not fit.
    Unsupported
        (a NotImplementedError) for a forced strategy that cannot serve.
    BackendError
        (a RuntimeError) where oneDNN fails.

    References
    ----------
    F. Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions", 2017.

    Examples
    --------
    >>> import numpy as np, dwconv
    >>> x = np.arange(16, dtype=np.float32).reshape(1, 1, 4, 4)
    >>> w = np.ones((1, 3, 3), dtype=np.float32)
    >>> dwconv.dnnl_depthwise(x, w)
    array([[[[45., 54.],
             [81., 90.]]]], dtype=float32)
    >>> signal = np.array([[1, 2, 3, 4]], dtype=np.float32)
    >>> dwconv.dnnl_depthwise(signal, w[:, 0], layout="CW", padding="causal")
    array([[1., 3., 6., 9.]], dtype=float32)
    >>> scale, shift = np.array([[0.5], [-30]], dtype=np.float32)
    >>> dwconv.dnnl_depthwise(x, w, scale=scale, shift=shift, add=x[..., 2:, 2:], activation="relu")
    array([[[[ 2.5,  8. ],
             [24.5, 30. ]]]], dtype=float32)
    >>> pixels = np.full((1, 1, 3, 3), 200, dtype=np.uint8)
    >>> dwconv.dnnl_depthwise(pixels, np.ones((1, 3, 3), dtype=np.int8), out_dtype=np.int32)
    array([[[[1800]]]], dtype=int32)
    """
    return _core.conv(
        x,
        w,
        bias,
        scale,
        shift,
        add,
        out,
        0,
        typed_options(stride, padding, dilation, layout, activation, out_dtype, threads, strategy),
    )
