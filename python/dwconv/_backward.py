"""Gradients of depthwise convolution, for those who train."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, overload

import numpy as np
from numpy.typing import NDArray

from dwconv import _core
from dwconv._arguments import Padding, Sizes, flag, options, shape
from dwconv._prepared import Prepared

#: The gradient by the weights, and that by the bias where it is asked for.
WeightsGradient = NDArray[np.float32] | tuple[NDArray[np.float32], NDArray[np.float32]]


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


@overload
def dnnl_depthwise_backward_weights(
    x: NDArray[np.float32],
    dy: NDArray[np.float32],
    w_shape: Sequence[int],
    *,
    stride: Sizes = 1,
    padding: Padding = 0,
    dilation: Sizes = 1,
    layout: str = "NCHW",
    bias: Literal[False] = False,
    out: NDArray[np.float32] | None = None,
    threads: int | None = None,
) -> NDArray[np.float32]: ...


@overload
def dnnl_depthwise_backward_weights(
    x: NDArray[np.float32],
    dy: NDArray[np.float32],
    w_shape: Sequence[int],
    *,
    stride: Sizes = 1,
    padding: Padding = 0,
    dilation: Sizes = 1,
    layout: str = "NCHW",
    bias: Literal[True],
    out: NDArray[np.float32] | None = None,
    threads: int | None = None,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]: ...


def dnnl_depthwise_backward_weights(
    x: NDArray[np.float32],
    dy: NDArray[np.float32],
    w_shape: Sequence[int],
    *,
    stride: Sizes = 1,
    padding: Padding = 0,
    dilation: Sizes = 1,
    layout: str = "NCHW",
    bias: bool = False,
    out: NDArray[np.float32] | None = None,
    threads: int | None = None,
) -> WeightsGradient:
    """The gradients of a loss by `w` and by the bias, from its gradient `dy` by ``dnnl_depthwise(x, w, …)``.

    ``dw[c, m, k] = Σ dy[n, c·M + m, o] · x[n, c, o·stride - low + k·dilation]`` over the batch and all
    outputs o, where the element of x is one; ``dbias[c·M + m] = Σ dy[n, c·M + m, o]``. Short spans
    are summed in float32, and these sums in float64. It takes the operations of the convolution.

    Parameters
    ----------
    x : ndarray of float32
        The convolution's input. Any strides; never written.
    dy : ndarray of float32
        Of the shape of the convolution's result. Any strides; never written.
    w_shape : sequence of int
        The shape of `w`, in one of the forms that `dnnl_depthwise` takes.
    stride, padding, dilation, layout, threads
        Those of the convolution, see `dnnl_depthwise`. The result does not depend on `threads`.
    bias : bool
        Whether the gradient by the bias is wanted too.
    out : ndarray of float32, optional
        Where the gradient by `w` goes. Any strides; may not overlap `x` or `dy`.

    Returns
    -------
    ndarray of float32, or a pair of them
        dw, in `w_shape`: `out` if given, else a new array in C order. With `bias`, (dw, dbias), and
        dbias is (C·M,).

    Raises
    ------
    InvalidArgument, InvalidType, Unsupported, BackendError
        As `dnnl_depthwise`.

    Examples
    --------
    >>> import numpy as np, dwconv
    >>> x = np.arange(9, dtype=np.float32).reshape(1, 1, 3, 3)
    >>> dy = np.ones((1, 1, 2, 2), dtype=np.float32)
    >>> dw, dbias = dwconv.dnnl_depthwise_backward_weights(x, dy, (1, 2, 2), bias=True)
    >>> dw
    array([[[ 8., 12.],
            [20., 24.]]], dtype=float32)
    >>> dbias
    array([4.], dtype=float32)
    """
    return _core.backward_weights(
        x,
        dy,
        shape("w_shape", w_shape),
        flag("bias", bias),
        out,
        options(stride, padding, dilation, layout, None, None, threads, None),
    )


class BackwardWeightsPlan(Prepared):
    """What `Plan.backward_weights` makes: as a Plan, with two arrays to be called with."""

    __slots__ = ()
    _plan: _core.BackwardWeightsPlan

    def __init__(self, plan: _core.BackwardWeightsPlan) -> None:
        self._plan = plan

    def __call__(
        self,
        x: NDArray[np.float32],
        dy: NDArray[np.float32],
        out: NDArray[np.float32] | None = None,
    ) -> WeightsGradient:
        """The gradients, as `dnnl_depthwise_backward_weights` returns them.

        Raises
        ------
        InvalidArgument, InvalidType, BackendError
        """
        return self._plan.execute(x, dy, out)

    @property
    def gradient_shape(self) -> tuple[int, ...]:
        """The shape of dy."""
        return self._plan.gradient_shape
