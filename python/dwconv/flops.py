"""What a convolution costs: operations, bytes, and how many of the one for each of the other.

A multiply-add counts as two operations, and taps that lie in the padding count too, as in the papers
that the formulas come from. Bytes are what has to be moved at least: each array once. With the time of
a call they give its rates; with the rates of a machine, the bound of the roofline model.

>>> import dwconv
>>> promised = dwconv.flops.separable((1, 64, 56, 56), (64, 3, 3), (128, 64), padding=1)
>>> whole = dwconv.flops.standard((1, 64, 56, 56), (128, 64, 3, 3), padding=1)
>>> promised.flops / whole.flops == 1 / 128 + 1 / (3 * 3)
True

References
----------
A. G. Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision
Applications", 2017, section 3.1: the costs of standard, depthwise and separable convolution, and their
ratio 1/oc + 1/(kh·kw). It counts multiply-adds, which are half of the operations.

S. Williams, A. Waterman, D. Patterson, "Roofline: An Insightful Visual Performance Model for Multicore
Architectures", 2009: arithmetic intensity.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from numpy.typing import DTypeLike

from dwconv import _arguments, _geometry
from dwconv._arguments import Padding, Sizes
from dwconv._cost import Cost, Like, bias_shape, cost, shape_of

__all__ = ["Cost", "depthwise", "separable", "standard"]


def _depthwise_dst(
    argument: str,
    shape: Sequence[int],
    weights: Sequence[int],
    window: tuple[Sizes, Padding, Sizes],
    layout: str,
) -> tuple[tuple[int, ...], int]:
    """(batch, channels · M, output…) of a depthwise convolution, and the taps of its kernel."""
    batch, channels, spatial = _geometry.source("x", shape, layout)
    form = _geometry.depthwise_weights(argument, weights, channels, len(spatial))
    output = _geometry.window(argument, spatial, form.kernel, *window).output
    return (batch, channels * form.multiplier, *output), math.prod(form.kernel)


def standard(
    x: Like,
    w: Like,
    bias: Like | None = None,
    *,
    groups: int = 1,
    stride: Sizes = 1,
    padding: Padding = 0,
    dilation: Sizes = 1,
    layout: str = "NCHW",
    dtype: DTypeLike | None = None,
) -> Cost:
    """Of a standard or grouped convolution: ``2 · bs · ic · oh · ow · kh · kw · oc / groups`` operations.

    Parameters
    ----------
    x, w, bias : tuple of int or ndarray
        Shapes, or arrays that have them: x as `layout` says, w (oc, ic/groups, kh, kw), bias (oc,). The
        bias counts among the bytes, and its additions not among the operations.
    groups : int
        Into which the channels are divided; each output channel sees those of its own group.
    stride, padding, dilation, layout
        As for `dwconv.dnnl_depthwise`.
    dtype : dtype, optional
        Of all arrays, float32 by default; any that NumPy knows, and 'bfloat16'.

    Returns
    -------
    Cost

    Raises
    ------
    InvalidArgument, InvalidType, Unsupported
        As `dwconv.dnnl_depthwise`.

    Examples
    --------
    >>> import dwconv
    >>> cost = dwconv.flops.standard((1, 32, 112, 112), (64, 32, 3, 3), padding=1)
    >>> cost.flops == 2 * 1 * 32 * 112 * 112 * 3 * 3 * 64
    True
    """
    shape, weights = shape_of("x", x), shape_of("w", w)
    batch, channels, spatial = _geometry.source("x", shape, layout)
    if _arguments._integer(groups) is None:
        raise _arguments.wrong_type("groups", "an int", groups)
    if groups < 1 or channels % groups:
        raise _arguments.wrong_value("groups", f"a divisor of {channels} channels", groups)
    outputs, inputs, *kernel = weights if len(weights) == len(spatial) + 2 else (0, 0)
    if inputs != channels // groups or outputs < 1 or outputs % groups or min(kernel) < 1:
        kernel_sizes = _geometry.KERNELS[len(spatial)]
        expected = (
            f"shape ({'' if groups == 1 else f'{groups}*'}M, {channels // groups}, {kernel_sizes})"
        )
        raise _arguments.wrong_value("w", expected, tuple(weights))
    output = _geometry.window("w", spatial, kernel, stride, padding, dilation).output
    flops = 2 * batch * inputs * outputs * math.prod(output) * math.prod(kernel)
    return cost(
        flops, dtype, shape, weights, bias_shape("bias", bias, outputs), (batch, outputs, *output)
    )


def depthwise(
    x: Like,
    w: Like,
    bias: Like | None = None,
    *,
    stride: Sizes = 1,
    padding: Padding = 0,
    dilation: Sizes = 1,
    layout: str = "NCHW",
    dtype: DTypeLike | None = None,
) -> Cost:
    """Of a depthwise convolution: ``2 · bs · c · M · oh · ow · kh · kw`` operations, as `Plan.flops`.

    Parameters
    ----------
    x, w, bias : tuple of int or ndarray
        Shapes, or arrays that have them, in the forms of `dwconv.dnnl_depthwise`.
    stride, padding, dilation, layout, dtype
        As for `standard`.

    Returns
    -------
    Cost

    Examples
    --------
    >>> import dwconv
    >>> dwconv.flops.depthwise((1, 32, 112, 112), (32, 3, 3), padding=1)
    Cost(flops=7225344, nbytes=3212416)
    """
    shape, weights = shape_of("x", x), shape_of("w", w)
    dst, taps = _depthwise_dst("w", shape, weights, (stride, padding, dilation), layout)
    flops = 2 * math.prod(dst) * taps
    return cost(flops, dtype, shape, weights, bias_shape("bias", bias, dst[1]), dst)


def separable(
    x: Like,
    w_depthwise: Like,
    w_pointwise: Like,
    bias: Like | None = None,
    *,
    depthwise_bias: Like | None = None,
    stride: Sizes = 1,
    padding: Padding = 0,
    dilation: Sizes = 1,
    layout: str = "NCHW",
    dtype: DTypeLike | None = None,
) -> Cost:
    """Of a depthwise convolution and the 1×1 after it: ``2 · bs · ic · M · oh · ow · (kh · kw + oc)``.

    This is often printed as the cost of "depthwise" convolution: there the 1×1, which is nearly all of
    it where there are many channels, is meant too. What lies between the two is not counted among the
    bytes, as it need not leave the cache; where it does, the cost is that of `depthwise` plus that of
    `standard`.

    Parameters
    ----------
    x, w_depthwise, depthwise_bias, stride, padding, dilation, layout, dtype
        As for `depthwise`.
    w_pointwise, bias
        Of the 1×1: (oc, ic·M) or (oc, ic·M, 1, 1), and (oc,).

    Returns
    -------
    Cost

    Examples
    --------
    >>> import dwconv
    >>> cost = dwconv.flops.separable((1, 32, 112, 112), (32, 3, 3), (64, 32), padding=1)
    >>> cost.flops == 2 * 1 * 32 * 112 * 112 * (3 * 3 + 64)
    True
    """
    shape, weights = shape_of("x", x), shape_of("w_depthwise", w_depthwise)
    between, taps = _depthwise_dst(
        "w_depthwise", shape, weights, (stride, padding, dilation), layout
    )
    pointwise = shape_of("w_pointwise", w_pointwise)
    batch, inputs, *positions = between
    outputs = pointwise[0] if pointwise else 0
    forms = ([outputs, inputs], [outputs, inputs] + [1] * len(positions))
    if outputs < 1 or pointwise not in forms:
        expected = f"shape (oc, {inputs}) or (oc, {inputs}, 1, 1)"
        raise _arguments.wrong_value("w_pointwise", expected, tuple(pointwise))
    first = bias_shape("depthwise_bias", depthwise_bias, inputs)
    second = bias_shape("bias", bias, outputs)
    flops = 2 * math.prod(between) * (taps + outputs)
    dst = (batch, outputs, *positions)
    return cost(flops, dtype, shape, weights, pointwise, first, second, dst)
