"""Transposed depthwise convolution in one call."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike, NDArray

from dwconv import _core
from dwconv._arguments import ActivationLike, Padding, Sizes, options, output_paddings


def dnnl_depthwise_transpose(
    x: NDArray[np.float32],
    w: NDArray[np.float32],
    bias: NDArray[np.float32] | None = None,
    *,
    stride: Sizes = 1,
    padding: Padding = 0,
    output_padding: Sizes = 0,
    dilation: Sizes = 1,
    layout: str = "NCHW",
    activation: ActivationLike = None,
    out: NDArray[np.float32] | None = None,
    out_dtype: DTypeLike | None = None,
    threads: int | None = None,
) -> NDArray[np.float32]:
    """Transposed depthwise convolution, which enlarges where a convolution with a stride reduces.

    Each element of `x` adds the kernel, times itself, to the result:
    ``y[n, c·M + m, i·stride - low + k·dilation] += x[n, c, i] · w[c, m, k]`` in each spatial
    dimension, and then come bias and activation. As PyTorch's ``conv_transpose2d`` with
    ``groups=C``; for M = 1 it is `dnnl_depthwise_backward_data`. It takes ``2 · n · C · M · h · w ·
    kh · kw`` operations.

    Parameters
    ----------
    x : ndarray of float32
        Of the shape that `layout` says. Any strides; never written.
    w : ndarray of float32
        (C, M, kh, kw) as PyTorch has it, (C, kh, kw) or (C, M, 1, kh, kw), whatever the layout; M
        output channels for each of the C input channels. In one dimension (C, M, k) and so on; in
        three (C, M, kd, kh, kw).
    bias : ndarray of float32, optional
        (C·M,)
    stride, dilation : int or sequence of int
        In elements, for all spatial dimensions or one each.
    padding
        That of the convolution whose gradient this is, in all forms of `dnnl_depthwise`: elements
        that are cut off at the ends of the result. By 'same' and 'same_lower' the result has ``in ·
        stride`` elements.
    output_padding : int or sequence of int
        Elements more at the end of each dimension of the result; fewer than the stride or than the
        dilation. 0 where the padding is 'same' or 'same_lower', which say the size already.
    layout, activation, out, out_dtype, threads
        As for `dnnl_depthwise`.

    Returns
    -------
    ndarray of float32
        With ``(in - 1)·stride - low - high + (k - 1)·dilation + output_padding + 1`` elements in
        each spatial dimension, in the memory order of `dnnl_depthwise`.

    Raises
    ------
    InvalidArgument, InvalidType, Unsupported, BackendError
        As `dnnl_depthwise`.

    References
    ----------
    V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning", 2016, chapter 4.

    Examples
    --------
    >>> import numpy as np, dwconv
    >>> x = np.array([[[[1, 2], [3, 4]]]], dtype=np.float32)
    >>> dwconv.dnnl_depthwise_transpose(x, np.ones((1, 1, 2, 2), np.float32), stride=2)
    array([[[[1., 1., 2., 2.],
             [1., 1., 2., 2.],
             [3., 3., 4., 4.],
             [3., 3., 4., 4.]]]], dtype=float32)
    """
    normalised = options(stride, padding, dilation, layout, activation, out_dtype, threads, None)
    return _core.transposed(
        x,
        w,
        bias,
        output_paddings(output_padding, layout),
        out,
        normalised,
    )
