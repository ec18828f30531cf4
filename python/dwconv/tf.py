"""TensorFlow's functions, argument for argument: what ``tf.nn`` names so takes the same arguments here.

Arrays are NumPy's, or what NumPy makes an array of, and results are NumPy's. Weights have TensorFlow's
order, and so have the channels of the results. What TensorFlow refuses is a `ValueError` or a
`TypeError` here too.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dwconv._arguments import wrong_value
from dwconv._conv import dnnl_depthwise
from dwconv._separable import dnnl_separable
from dwconv._tf_arguments import array, depthwise_weights, geometry_of

__all__ = ["depthwise_conv2d", "separable_conv2d"]


def depthwise_conv2d(
    input: ArrayLike,
    filter: ArrayLike,
    strides: Sequence[int],
    padding: str | Sequence[Sequence[int]],
    data_format: str | None = None,
    dilations: Sequence[int] | None = None,
    name: str | None = None,
) -> NDArray[np.float32]:
    """Depthwise convolution with the arguments of ``tf.nn.depthwise_conv2d``.

    Parameters
    ----------
    input : array_like of float32
        (n, h, w, C), or (n, C, h, w) where `data_format` says so.
    filter : array_like of float32
        (kh, kw, C, M)
    strides : sequence of 4 int
        One for each dimension of `input`; 1 for n and C, the same for h and w.
    padding : str or sequence of 4 pairs
        'SAME', 'VALID', or (low, high) for each dimension of `input`, zeros for n and C.
    data_format : str, optional
        'NHWC', the default, or 'NCHW', which TensorFlow does not compute on CPUs.
    dilations : sequence of 2 int, optional
        For height and width. Where one is greater than 1, the strides must be 1.
    name : str, optional
        Not used: there is no graph.

    Returns
    -------
    ndarray of float32
        (n, oh, ow, C·M), or (n, C·M, oh, ow). Channel c·M + m comes of channel c and multiplier m.

    Raises
    ------
    InvalidArgument
        (a ValueError) for a shape or value that does not fit; the text names the argument. Also for
        strides beside dilations, of which TensorFlow warns and whose result is another than documented,
        and for an empty filter or output, which TensorFlow returns.
    InvalidType
        (a TypeError) for another dtype than float32, and for what is not a sequence of int.

    References
    ----------
    https://www.tensorflow.org/api_docs/python/tf/nn/depthwise_conv2d

    Examples
    --------
    >>> import numpy as np, dwconv
    >>> x = np.arange(1, 7, dtype=np.float32).reshape(1, 3, 2, 1)
    >>> kernels = np.arange(1, 5, dtype=np.float32).reshape(2, 1, 1, 2)
    >>> dwconv.tf.depthwise_conv2d(x, kernels, strides=[1, 1, 1, 1], padding="VALID")[0, :, :, 1]
    array([[14., 20.],
           [22., 32.]], dtype=float32)
    """
    x = array("input", input, "4 dimensions")
    taps = array("filter", filter, "shape (kh, kw, C, M)")
    geometry = geometry_of(x, strides, padding, data_format, dilations)
    return dnnl_depthwise(x, depthwise_weights("filter", taps, x, geometry), **geometry)


def separable_conv2d(
    input: ArrayLike,
    depthwise_filter: ArrayLike,
    pointwise_filter: ArrayLike,
    strides: Sequence[int],
    padding: str | Sequence[Sequence[int]],
    data_format: str | None = None,
    dilations: Sequence[int] | None = None,
    name: str | None = None,
) -> NDArray[np.float32]:
    """Depthwise convolution and the 1×1 after it, with the arguments of ``tf.nn.separable_conv2d``.

    Parameters
    ----------
    input, strides, padding, data_format, dilations, name
        As for `depthwise_conv2d`; all but `input` are of the depthwise convolution.
    depthwise_filter : array_like of float32
        (kh, kw, C, M)
    pointwise_filter : array_like of float32
        (1, 1, C·M, out)

    Returns
    -------
    ndarray of float32
        (n, oh, ow, out), or (n, out, oh, ow).

    Raises
    ------
    InvalidArgument, InvalidType
        As `depthwise_conv2d`.

    References
    ----------
    https://www.tensorflow.org/api_docs/python/tf/nn/separable_conv2d

    Examples
    --------
    >>> import numpy as np, dwconv
    >>> x, taps = np.ones((1, 5, 5, 2), np.float32), np.ones((3, 3, 2, 1), np.float32)
    >>> mix = np.array([[[[1, 10, 100], [2, 20, 200]]]], np.float32)
    >>> dwconv.tf.separable_conv2d(x, taps, mix, [1, 1, 1, 1], "VALID")[0, 0, 0]
    array([  27.,  270., 2700.], dtype=float32)
    """
    x = array("input", input, "4 dimensions")
    taps = array("depthwise_filter", depthwise_filter, "shape (kh, kw, C, M)")
    mix = array("pointwise_filter", pointwise_filter, "shape (1, 1, C*M, out)")
    geometry = geometry_of(x, strides, padding, data_format, dilations)
    w = depthwise_weights("depthwise_filter", taps, x, geometry)
    between = w.shape[0] * w.shape[1]
    if mix.shape[:3] != (1, 1, between) or mix.shape[3] < 1:
        raise wrong_value("pointwise_filter", f"shape (1, 1, {between}, out)", mix.shape)
    return dnnl_separable(x, w, mix[0, 0].T, **geometry)
