"""Convolution made ready once and run many times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from dwconv import _core
from dwconv._arguments import (
    ActivationLike,
    Padding,
    SeparableStrategy,
    Sizes,
    Strategy,
    activation_of,
    count,
    flag,
    form,
    options,
    output_paddings,
    require_float32,
    shape,
)
from dwconv._backward import BackwardWeightsPlan
from dwconv._dtypes import source_dtype, typed_options
from dwconv._prepared import Prepared
from dwconv._quantized import BYTES, quantization, quantized_options


class Plan(Prepared):
    """A depthwise convolution made ready: kernels compiled, weights packed.

    A plan is immutable, may be used by any number of threads at once, and works after `os.fork()` in
    the child too. It keeps copies of the weights: later changes of `w` do not change it.

    Parameters
    ----------
    like : tuple of int or ndarray
        The shape of x; or an array whose shape, dtype and memory order are taken, and whose values are
        not.
    w, bias, stride, padding, dilation, layout, activation, out_dtype, threads, strategy
        As for `dnnl_depthwise`.
    dtype : dtype, optional
        Of x: float32 by default, or that of `like` if it is an array.
    tune : bool
        Run all strategies that can serve on arrays like x, and take the fastest one, rather than the
        one that is the fastest for most problems of this kind. It takes some calls of each, at least
        50 ms, and memory for x and the result. The outcome is kept in the cache (see `cache_info`)
        for the next plan of the same problem that is to be tuned.

    Raises
    ------
    InvalidArgument, InvalidType, Unsupported, BackendError
        As `dnnl_depthwise`.

    Examples
    --------
    >>> import numpy as np, dwconv
    >>> w = np.ones((8, 3, 3), dtype=np.float32)
    >>> plan = dwconv.Plan((1, 8, 32, 32), w, padding='same', activation='relu6')
    >>> plan.problem, plan.output_shape, plan.flops
    ('n1c8i32x32k3x3p1+clip(0,6)', (1, 8, 32, 32), 147456)
    >>> y = plan(np.ones((1, 8, 32, 32), dtype=np.float32))
    >>> y[0, 0, 0, 0], y[0, 0, 1, 1]
    (np.float32(4.0), np.float32(6.0))
    """

    __slots__ = ()
    _plan: (
        _core.Plan
        | _core.SeparablePlan
        | _core.InvertedResidualPlan
        | _core.BackwardDataPlan
        | _core.TransposedPlan
        | _core.QuantizedPlan
    )

    def __init__(
        self,
        like: Sequence[int] | NDArray[Any],
        w: NDArray[Any],
        bias: NDArray[Any] | None = None,
        *,
        dtype: DTypeLike | None = None,
        stride: Sizes = 1,
        padding: Padding = 0,
        dilation: Sizes = 1,
        layout: str = "NCHW",
        activation: ActivationLike = None,
        out_dtype: DTypeLike | None = None,
        threads: int | None = None,
        strategy: Strategy = None,
        tune: bool = False,
    ) -> None:
        tune = flag("tune", tune)
        made = typed_options(
            stride, padding, dilation, layout, activation, out_dtype, threads, strategy
        )
        name = source_dtype(like, dtype)
        self._plan = _core.Plan(form("like", like), w, bias, 0, made, tune, name)

    @classmethod
    def conv(
        cls,
        like: Sequence[int] | NDArray[np.float32],
        w: NDArray[np.float32],
        bias: NDArray[np.float32] | None = None,
        *,
        groups: int = 1,
        dtype: DTypeLike | None = None,
        stride: Sizes = 1,
        padding: Padding = 0,
        dilation: Sizes = 1,
        layout: str = "NCHW",
        activation: ActivationLike = None,
        out_dtype: DTypeLike | None = None,
        threads: int | None = None,
        strategy: Strategy = None,
    ) -> Plan:
        """A plan for `dnnl_conv`, with its arguments; `like` and `dtype` are those of `Plan`.

        >>> import numpy as np, dwconv
        >>> w = np.ones((64, 32, 1, 1), dtype=np.float32)
        >>> dwconv.Plan.conv((1, 32, 56, 56), w).problem
        'n1c32g1m64i56x56k1x1'
        """
        require_float32("dtype", dtype)
        plan = cls.__new__(cls)
        plan._plan = _core.Plan(
            form("like", like),
            w,
            bias,
            count("groups", groups),
            options(stride, padding, dilation, layout, activation, out_dtype, threads, strategy),
            False,
        )
        return plan

    @classmethod
    def separable(
        cls,
        like: Sequence[int] | NDArray[np.float32],
        w_depthwise: NDArray[np.float32],
        w_pointwise: NDArray[np.float32],
        bias: NDArray[np.float32] | None = None,
        *,
        depthwise_bias: NDArray[np.float32] | None = None,
        depthwise_activation: ActivationLike = None,
        dtype: DTypeLike | None = None,
        stride: Sizes = 1,
        padding: Padding = 0,
        dilation: Sizes = 1,
        layout: str = "NCHW",
        activation: ActivationLike = None,
        out_dtype: DTypeLike | None = None,
        threads: int | None = None,
        strategy: SeparableStrategy = None,
    ) -> Plan:
        """A plan for `dnnl_separable`, with its arguments; `like` and `dtype` are those of `Plan`.

        >>> import numpy as np, dwconv
        >>> w, mix = np.ones((32, 3, 3), np.float32), np.ones((64, 32), np.float32)
        >>> dwconv.Plan.separable((1, 32, 56, 56), w, mix, padding=1).problem
        'n1c32i56x56k3x3p1>64'
        """
        require_float32("dtype", dtype)
        plan = cls.__new__(cls)
        plan._plan = _core.SeparablePlan(
            form("like", like),
            w_depthwise,
            w_pointwise,
            bias,
            depthwise_bias,
            activation_of("depthwise_activation", depthwise_activation),
            options(stride, padding, dilation, layout, activation, out_dtype, threads, strategy),
        )
        return plan

    @classmethod
    def inverted_residual(
        cls,
        like: Sequence[int] | NDArray[np.float32],
        w_expand: NDArray[np.float32],
        w_depthwise: NDArray[np.float32],
        w_project: NDArray[np.float32],
        bias: NDArray[np.float32] | None = None,
        *,
        expand_bias: NDArray[np.float32] | None = None,
        depthwise_bias: NDArray[np.float32] | None = None,
        expand_activation: ActivationLike = None,
        depthwise_activation: ActivationLike = None,
        residual: bool = False,
        dtype: DTypeLike | None = None,
        stride: Sizes = 1,
        padding: Padding = 0,
        dilation: Sizes = 1,
        layout: str = "NCHW",
        activation: ActivationLike = None,
        out_dtype: DTypeLike | None = None,
        threads: int | None = None,
        strategy: SeparableStrategy = None,
    ) -> Plan:
        """A plan for the block of MobileNetV2: 1 × 1 to more channels, depthwise, 1 × 1 to fewer.

        Parameters
        ----------
        like, dtype
            As for `Plan`.
        w_expand : ndarray of float32
            (E, C) or (E, C, 1, 1), whatever the layout.
        w_depthwise : ndarray of float32
            (E, kh, kw), (E·M, 1, kh, kw) or (E, M, 1, kh, kw).
        w_project : ndarray of float32
            (O, E·M) or (O, E·M, 1, 1).
        bias, activation
            Of the last convolution; `bias` is (O,).
        expand_bias, depthwise_bias : ndarray of float32, optional
            (E,) and (E·M,)
        expand_activation, depthwise_activation : str or Activation, optional
            Of the first and of the second convolution.
        residual : bool
            Add x to the result, after `activation`. Both have to be of one shape.
        stride, padding, dilation
            Of the depthwise convolution, as for `dnnl_depthwise`. Its padding is zeros, whatever the
            first convolution makes of zeros.
        layout, out_dtype, threads
            As for `dnnl_depthwise`.
        strategy : str, optional
            'fused', or 'unfused' for one convolution after the other, to force it.

        Raises
        ------
        InvalidArgument, InvalidType, Unsupported, BackendError
            As `dnnl_depthwise`.

        References
        ----------
        M. Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018.

        Examples
        --------
        >>> import numpy as np, dwconv
        >>> expand, project = np.ones((96, 16), np.float32), np.ones((16, 96), np.float32)
        >>> w = np.ones((96, 3, 3), np.float32)
        >>> plan = dwconv.Plan.inverted_residual(
        ...     (1, 16, 56, 56), expand, w, project, depthwise_activation='relu6', residual=True, padding=1
        ... )
        >>> plan.problem
        '16>n1c96i56x56k3x3p1+clip(0,6)>16+src'
        """
        require_float32("dtype", dtype)
        residual = flag("residual", residual)
        plan = cls.__new__(cls)
        plan._plan = _core.InvertedResidualPlan(
            form("like", like),
            w_expand,
            w_depthwise,
            w_project,
            bias,
            expand_bias,
            depthwise_bias,
            activation_of("expand_activation", expand_activation),
            activation_of("depthwise_activation", depthwise_activation),
            residual,
            options(stride, padding, dilation, layout, activation, out_dtype, threads, strategy),
        )
        return plan

    @classmethod
    def backward_data(
        cls,
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
    ) -> Plan:
        """A plan for `dnnl_depthwise_backward_data`, with its arguments; `like` stands for dy.

        >>> import numpy as np, dwconv
        >>> w = np.ones((32, 3, 3), dtype=np.float32)
        >>> plan = dwconv.Plan.backward_data((1, 32, 56, 56), w, (1, 32, 112, 112), stride=2, padding=1)
        >>> plan.problem, plan.output_shape
        ('backward_data:n1c32i112x112k3x3s2p1', (1, 32, 112, 112))
        """
        require_float32("dtype", dtype)
        plan = cls.__new__(cls)
        plan._plan = _core.BackwardDataPlan(
            form("like", like),
            w,
            shape("x_shape", x_shape),
            options(stride, padding, dilation, layout, None, None, threads, None),
        )
        return plan

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
        cls,
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
    ) -> Plan:
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
        plan = cls.__new__(cls)
        plan._plan = _core.TransposedPlan(
            form("like", like),
            w,
            bias,
            output_paddings(output_padding, layout),
            normalised,
        )
        return plan

    @classmethod
    def quantized(
        cls,
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
    ) -> Plan:
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
        plan = cls.__new__(cls)
        plan._plan = _core.QuantizedPlan(
            form("like", like),
            w,
            bias,
            scales,
            normalised,
            source_dtype(like, dtype, BYTES, "uint8"),
        )
        return plan

    def __call__(self, x: NDArray[Any], out: NDArray[Any] | None = None) -> NDArray[Any]:
        """The convolution of `x`.

        Parameters
        ----------
        x : ndarray
            Of the plan's shape and dtype. An array in another memory order than the plan was made for works
            too, by another way.
        out : ndarray, optional
            As for `dnnl_depthwise`.

        Returns
        -------
        ndarray
            As `dnnl_depthwise` returns it.

        Raises
        ------
        InvalidArgument, InvalidType, BackendError
        """
        return self._plan.execute(x, out)


_core.call_directly(Plan)
