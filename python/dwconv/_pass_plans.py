"""Plans of other passes than the forward one in floating point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from dwconv import _core
from dwconv._arguments import (
    ActivationLike,
    Padding,
    Sizes,
    flag,
    form,
    options,
    output_paddings,
    require_float32,
    shape,
)
from dwconv._backward import BackwardWeightsPlan
from dwconv._dtypes import source_dtype
from dwconv._prepared import Prepared
from dwconv._quantized import BYTES, quantization, quantized_options

P = TypeVar("P", bound="PassPlans")


class PassPlans(Prepared):
    """The constructors of `Plan` for gradients, transposed and quantized convolution."""

    __slots__ = ()

    @classmethod
    def backward_data(
        cls: type[P],
        like: Sequence[int] | NDArray[np.float32],
        w: NDArray[np.float32],
        x_shape: Sequence[int],
        *,
        dtype: DTypeLike | None = None,
        stride: Sizes = 1,
        padding: Padding = 0,
        dilation: Sizes = 1,
        layout: str = "NCHW",
        threads: int | None = None,
    ) -> P:
        """A plan for `dnnl_depthwise_backward_data`, with its arguments; `like` stands for dy.

        >>> import numpy as np, dwconv
        >>> w = np.ones((32, 3, 3), dtype=np.float32)
        >>> plan = dwconv.Plan.backward_data((1, 32, 56, 56), w, (1, 32, 112, 112), stride=2, padding=1)
        >>> plan.problem, plan.output_shape
        ('backward_data:n1c32i112x112k3x3s2p1', (1, 32, 112, 112))
        """
        require_float32("dtype", dtype)
        return cls._of(
            _core.BackwardDataPlan(
                form("like", like),
                w,
                shape("x_shape", x_shape),
                options(stride, padding, dilation, layout, None, None, threads, None),
            )
        )

    @staticmethod
    def backward_weights(
        like: Sequence[int] | NDArray[np.float32],
        w_shape: Sequence[int],
        *,
        bias: bool = False,
        dtype: DTypeLike | None = None,
        stride: Sizes = 1,
        padding: Padding = 0,
        dilation: Sizes = 1,
        layout: str = "NCHW",
        threads: int | None = None,
    ) -> BackwardWeightsPlan:
        """A plan for `dnnl_depthwise_backward_weights`, with its arguments; `like` stands for x.

        It is called with x and dy, and has a `gradient_shape`, that of dy.

        >>> import numpy as np, dwconv
        >>> plan = dwconv.Plan.backward_weights((1, 32, 56, 56), (32, 3, 3), padding=1)
        >>> plan.problem, plan.gradient_shape
        ('backward_weights:n1c32i56x56k3x3p1', (1, 32, 56, 56))
        """
        require_float32("dtype", dtype)
        return BackwardWeightsPlan(
            _core.BackwardWeightsPlan(
                form("like", like),
                shape("w_shape", w_shape),
                flag("bias", bias),
                options(stride, padding, dilation, layout, None, None, threads, None),
            )
        )

    @classmethod
    def transposed(
        cls: type[P],
        like: Sequence[int] | NDArray[np.float32],
        w: NDArray[np.float32],
        bias: NDArray[np.float32] | None = None,
        *,
        dtype: DTypeLike | None = None,
        stride: Sizes = 1,
        padding: Padding = 0,
        output_padding: Sizes = 0,
        dilation: Sizes = 1,
        layout: str = "NCHW",
        activation: ActivationLike = None,
        out_dtype: DTypeLike | None = None,
        threads: int | None = None,
    ) -> P:
        """A plan for `dnnl_depthwise_transpose`, with its arguments; `like` and `dtype` as for `Plan`.

        >>> import numpy as np, dwconv
        >>> w = np.ones((32, 1, 4, 4), dtype=np.float32)
        >>> plan = dwconv.Plan.transposed((1, 32, 56, 56), w, stride=2, padding=1)
        >>> plan.problem, plan.output_shape
        ('transposed:n1c32i56x56k4x4s2p1', (1, 32, 112, 112))
        """
        require_float32("dtype", dtype)
        normalised = options(
            stride, padding, dilation, layout, activation, out_dtype, threads, None
        )
        return cls._of(
            _core.TransposedPlan(
                form("like", like),
                w,
                bias,
                output_paddings(output_padding, layout),
                normalised,
            )
        )

    @classmethod
    def quantized(
        cls: type[P],
        like: Sequence[int] | NDArray[Any],
        w: NDArray[Any],
        bias: NDArray[np.int32] | None = None,
        *,
        x_scale: float,
        x_zero_point: int = 0,
        w_scale: ArrayLike,
        w_zero_point: ArrayLike = 0,
        y_scale: float,
        y_zero_point: int = 0,
        dtype: DTypeLike | None = None,
        stride: Sizes = 1,
        padding: Padding = 0,
        dilation: Sizes = 1,
        layout: str = "NCHW",
        out_dtype: DTypeLike | None = None,
        threads: int | None = None,
    ) -> P:
        """A plan for `dnnl_depthwise_quantized`, with its arguments; `like` as for `Plan`.

        `dtype` is that of x: uint8 by default, or that of `like` if it is an array.

        >>> import numpy as np, dwconv
        >>> w = np.ones((32, 3, 3), dtype=np.int8)
        >>> plan = dwconv.Plan.quantized((1, 32, 56, 56), w, x_scale=0.1, w_scale=0.05, y_scale=0.01)
        >>> plan.problem
        'quantized:n1c32i56x56k3x3+uint8*int8'
        """
        scales = quantization(x_scale, x_zero_point, w_scale, w_zero_point, y_scale, y_zero_point)
        normalised = quantized_options(stride, padding, dilation, layout, out_dtype, threads)
        return cls._of(
            _core.QuantizedPlan(
                form("like", like),
                w,
                bias,
                scales,
                normalised,
                source_dtype(like, dtype, BYTES, "uint8"),
            )
        )
