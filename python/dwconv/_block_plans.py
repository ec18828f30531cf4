"""Plans of several convolutions in one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from dwconv import _core
from dwconv._arguments import (
    ActivationLike,
    Padding,
    SeparableStrategy,
    Sizes,
    activation_of,
    flag,
    form,
    options,
    require_float32,
)
from dwconv._prepared import Prepared

P = TypeVar("P", bound="BlockPlans")


class BlockPlans(Prepared):
    """The constructors of `Plan` for depthwise and pointwise convolutions together."""

    __slots__ = ()

    @classmethod
    def separable(
        cls: type[P],
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
    ) -> P:
        """A plan for `dnnl_separable`, with its arguments; `like` and `dtype` are those of `Plan`.

        >>> import numpy as np, dwconv
        >>> w, mix = np.ones((32, 3, 3), np.float32), np.ones((64, 32), np.float32)
        >>> dwconv.Plan.separable((1, 32, 56, 56), w, mix, padding=1).problem
        'n1c32i56x56k3x3p1>64'
        """
        require_float32("dtype", dtype)
        return cls._of(
            _core.SeparablePlan(
                form("like", like),
                w_depthwise,
                w_pointwise,
                bias,
                depthwise_bias,
                activation_of("depthwise_activation", depthwise_activation),
                options(
                    stride, padding, dilation, layout, activation, out_dtype, threads, strategy
                ),
            )
        )

    @classmethod
    def inverted_residual(
        cls: type[P],
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
    ) -> P:
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
        return cls._of(
            _core.InvertedResidualPlan(
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
                options(
                    stride, padding, dilation, layout, activation, out_dtype, threads, strategy
                ),
            )
        )
