"""Gradients of depthwise convolution, for those who train."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dwconv import _core
from dwconv._arguments import Padding, Sizes, options, shape


def dnnl_depthwise_backward_data(
    dy: NDArray[np.float32],
    w: NDArray[np.float32],
    x_shape: Sequence[int],
    *,
    stride: Sizes = 1,
    padding: Padding = 0,
    dilation: Sizes = 1,
    layout: str = "NCHW",
    out: NDArray[np.float32] | None = None,
    threads: int | None = None,
) -> NDArray[np.float32]:
    """The gradient of a loss by `x`, from its gradient `dy` by ``dnnl_depthwise(x, w, …)``.

    ``dx[n, c, i] = Σ dy[n, c·M + m, o] · w[c, m, k]`` over the multiplier's m and all outputs o and
    taps k that meet i, ``o·stride - low + k·dilation = i`` in each spatial dimension. It is the
    adjoint of the convolution: ``sum(dy · dnnl_depthwise(x, w)) = sum(dx · x)``. Its operations are
    those of the convolution.

    Parameters
    ----------
    dy : ndarray of float32
        Of the shape of the convolution's result. Any strides; never written.
    w, stride, padding, dilation, layout, threads
        Those of the convolution, see `dnnl_depthwise`.
    x_shape : sequence of int
        The shape of `x`, in the order of `layout`; with a stride several sizes have results of one
        shape.
    out : ndarray of float32, optional
        Where the result goes. Any strides; may not overlap `dy` or `w`.

    Returns
    -------
    ndarray of float32
        Of `x_shape`: `out` if given, else a new array in the memory order that `dnnl_depthwise` gives
        a result for such an input.

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
    >>> dy = np.ones((1, 1, 2, 2), dtype=np.float32)
    >>> w = np.array([[[1, 2], [3, 4]]], dtype=np.float32)
    >>> dwconv.dnnl_depthwise_backward_data(dy, w, (1, 1, 3, 3))
    array([[[[ 1.,  3.,  2.],
             [ 4., 10.,  6.],
             [ 3.,  7.,  4.]]]], dtype=float32)
    """
    return _core.backward_data(
        dy,
        w,
        shape("x_shape", x_shape),
        out,
        options(stride, padding, dilation, layout, None, None, threads, None),
    )
