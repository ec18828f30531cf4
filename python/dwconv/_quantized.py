"""Quantized depthwise convolution in one call."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from dwconv import _core
from dwconv._arguments import Padding, Sizes, _integer, made_options, wrong_type, wrong_value
from dwconv._dtypes import DTYPE_CLASSES, dtype_name

#: The dtypes of x, w and the result.
BYTES = ("int8", "uint8")
_LARGEST = 2**31 - 1


def _numbers(argument: str, value: Any, kinds: str, expected: str) -> list[Any]:
    """A number as a list of one, or the entries of one dimension."""
    try:
        array = np.asarray(value)
    except ValueError:
        raise wrong_type(argument, expected, value) from None
    # NumPy has no dtype for Python's large integers.
    large = array.dtype == object and all(_integer(each) is not None for each in array.flat)
    if array.dtype.kind not in kinds and not large:
        raise wrong_type(argument, expected, value)
    if array.ndim > 1:
        raise wrong_value(argument, "one dimension at most", array.shape)
    numbers: list[Any] = np.atleast_1d(array).tolist()
    return numbers


def _scale(argument: str, number: Any) -> float:
    """A scale as float32 has it; the core would see, and tell, no more than that."""
    try:
        with np.errstate(over="ignore", under="ignore"):
            rounded = float(np.float32(number))
    except OverflowError:  # an int that no float holds
        rounded = math.inf
    if not 0 < rounded < math.inf:
        raise wrong_value(argument, "finite in float32 and greater than 0", number)
    return rounded


def _scales(argument: str, value: Any, expected: str) -> list[float]:
    return [_scale(argument, each) for each in _numbers(argument, value, "fiu", expected)]


def _zero_points(argument: str, value: Any, expected: str) -> list[int]:
    numbers = _numbers(argument, value, "iu", expected)
    for each in numbers:
        # Beyond what the core's integers hold; what they hold, the core itself judges.
        if abs(each) > _LARGEST:
            raise wrong_value(argument, "a number of int8 or uint8", each)
    return numbers


def _one(argument: str, numbers: list[Any]) -> Any:
    if len(numbers) != 1:
        raise wrong_value(argument, "one number", numbers)
    return numbers[0]


def quantization(
    x_scale: Any,
    x_zero_point: Any,
    w_scale: Any,
    w_zero_point: Any,
    y_scale: Any,
    y_zero_point: Any,
) -> _core.Quantization:
    """Scales and zero points in the one form that the core takes."""

    def scale(argument: str, value: Any) -> Any:
        return _one(argument, _scales(argument, value, "a number"))

    def zero_point(argument: str, value: Any) -> Any:
        return _one(argument, _zero_points(argument, value, "an int"))

    return _core.Quantization(
        x_scale=scale("x_scale", x_scale),
        x_zero_point=zero_point("x_zero_point", x_zero_point),
        w_scale=_scales("w_scale", w_scale, "a number or an array of them"),
        w_zero_point=_zero_points("w_zero_point", w_zero_point, "an int or an array of them"),
        y_scale=scale("y_scale", y_scale),
        y_zero_point=zero_point("y_zero_point", y_zero_point),
    )


def _quantized_options(
    stride: Sizes,
    padding: Padding,
    dilation: Sizes,
    layout: str,
    out_dtype: DTypeLike | None,
    threads: int | None,
) -> _core.Options:
    name = dtype_name("out_dtype", out_dtype, BYTES)
    return made_options(stride, padding, dilation, layout, None, name, threads, None)


#: The normalised form of the other keyword arguments, with a memory, as `_arguments.options`.
quantized_options = _core.remember(_quantized_options, (type, *DTYPE_CLASSES))


def dnnl_depthwise_quantized(
    x: NDArray[Any],
    w: NDArray[Any],
    bias: NDArray[np.int32] | None = None,
    *,
    x_scale: float,
    x_zero_point: int = 0,
    w_scale: ArrayLike,
    w_zero_point: ArrayLike = 0,
    y_scale: float,
    y_zero_point: int = 0,
    stride: Sizes = 1,
    padding: Padding = 0,
    dilation: Sizes = 1,
    layout: str = "NCHW",
    out: NDArray[Any] | None = None,
    out_dtype: DTypeLike | None = None,
    threads: int | None = None,
) -> NDArray[Any]:
    """Depthwise convolution of integers that stand for real numbers, as ONNX's QLinearConv.

    An integer q stands for ``(q - zero_point) · scale``. Of the exact sum ``s = bias + Σ (x - x_zero_point) ·
    (w - w_zero_point)`` the result is ``saturate(round(s · x_scale · w_scale / y_scale) + y_zero_point)``, rounded to
    nearest, ties to even. As in ONNX Runtime, the multiplier ``x_scale · w_scale / y_scale``, the sum and their product
    are rounded to float32 each. Taps in the padding contribute nothing: it stands for 0.

    Parameters
    ----------
    x : ndarray of int8 or uint8
        Of the shape that `layout` says. Any strides; never written.
    w : ndarray of int8 or uint8
        In the forms of `dnnl_depthwise`.
    bias : ndarray of int32, optional
        (C·M,), in units of ``x_scale · w_scale``.
    x_scale, y_scale : float
        Of `x` and of the result. Finite in float32, and greater than 0.
    x_zero_point, y_zero_point : int
        Numbers of the dtype of `x` and of that of the result.
    w_scale : float or array of shape (C·M,)
        Of `w`, for all channels of the result or one each.
    w_zero_point : int or array of shape (C·M,)
        Numbers of the dtype of `w`, for all channels of the result or one each.
    stride, padding, dilation, layout, threads
        As for `dnnl_depthwise`.
    out : ndarray, optional
        Of the dtype of the result. Where the result goes. Any strides; may not overlap `x`, `w` or `bias`.
    out_dtype : dtype, optional
        int8 or uint8; by default that of `x`.

    Returns
    -------
    ndarray of `out_dtype`
        In the memory order of `dnnl_depthwise`.

    Raises
    ------
    InvalidArgument, InvalidType, Unsupported, BackendError
        As `dnnl_depthwise`.

    References
    ----------
    ONNX, "QLinearConv", operator set 10.

    Examples
    --------
    >>> import numpy as np, dwconv
    >>> x = np.full((1, 1, 3, 3), 130, dtype=np.uint8)  # 0.2 each
    >>> w = np.full((1, 3, 3), 10, dtype=np.int8)  # 0.5 each
    >>> dwconv.dnnl_depthwise_quantized(
    ...     x, w, x_scale=0.1, x_zero_point=128, w_scale=0.05, y_scale=0.01, y_zero_point=3
    ... )  # 0.9
    array([[[[93]]]], dtype=uint8)
    """
    scales = quantization(x_scale, x_zero_point, w_scale, w_zero_point, y_scale, y_zero_point)
    normalised = quantized_options(stride, padding, dilation, layout, out_dtype, threads)
    return _core.quantized(x, w, bias, scales, out, normalised)
