"""Convolution made ready once and run many times."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike, NDArray

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
    require_float32,
)


class Plan:
    """A depthwise convolution made ready: kernels compiled, weights packed.

    A plan is immutable, may be used by any number of threads at once, and works after `os.fork()` in
    the child too. It keeps copies of the weights: later changes of `w` do not change it.

    Parameters
    ----------
    like : tuple of int or ndarray of float32
        The shape of x; or an array whose shape and memory order are taken, and whose values are not.
    w, bias, stride, padding, dilation, layout, activation, out_dtype, threads, strategy
        As for `dnnl_depthwise`.
    dtype : dtype, optional
        Of x: float32.
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

    __slots__ = ("_plan",)
    _plan: _core.Plan | _core.SeparablePlan | _core.InvertedResidualPlan

    def __init__(
        self,
        like: Sequence[int] | NDArray[np.float32],
        w: NDArray[np.float32],
        bias: NDArray[np.float32] | None = None,
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
        require_float32("dtype", dtype)
        tune = flag("tune", tune)
        self._plan = _core.Plan(
            form("like", like),
            w,
            bias,
            0,
            options(stride, padding, dilation, layout, activation, out_dtype, threads, strategy),
            tune,
        )

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

    def __call__(
        self, x: NDArray[np.float32], out: NDArray[np.float32] | None = None
    ) -> NDArray[np.float32]:
        """The convolution of `x`.

        Parameters
        ----------
        x : ndarray of float32
            Of the plan's shape. An array in another memory order than the plan was made for works
            too, by another way.
        out : ndarray of float32, optional
            As for `dnnl_depthwise`.

        Returns
        -------
        ndarray of float32
            As `dnnl_depthwise` returns it.

        Raises
        ------
        InvalidArgument, InvalidType, BackendError
        """
        return self._plan.execute(x, out)

    @property
    def strategy(self) -> str:
        """How x in the plan's memory order is run.

        'direct': oneDNN reads and writes channels-last memory as it lies. 'tiled': tiles are gathered
        into the cache, convolved there and scattered. 'planar': kernels of dwconv's own read and
        write dense memory of either order as it lies. 'reordered': whole tensors are brought into
        the layouts that oneDNN likes, and back. Of a separable convolution and an
        inverted residual block: 'fused' or 'unfused'.
        """
        return self._plan.strategy

    @property
    def implementation(self) -> str:
        """Names of the kernels that run, separated by ', '; 'constant' where none does.

        They are oneDNN's names, or 'planar:' with instruction set and kernel size for dwconv's own.
        """
        return self._plan.implementation

    @property
    def layout(self) -> str:
        """The order of the dimensions of x and of the result."""
        return self._plan.layout

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The shape of x."""
        return self._plan.input_shape

    @property
    def output_shape(self) -> tuple[int, ...]:
        """The shape of the result."""
        return self._plan.output_shape

    @property
    def flops(self) -> int:
        """Operations: 2 · n · c · M · oh · ow · kh · kw, taps in the padding counted.

        With groups, 2 · n · O · (C / groups) · oh · ow · kh · kw; of a separable convolution or an
        inverted residual block, those of all its convolutions.
        """
        return self._plan.flops

    @property
    def nbytes(self) -> int:
        """Bytes of x, w, bias and the result, each counted once."""
        return self._plan.nbytes

    @property
    def intensity(self) -> float:
        """Arithmetic intensity: operations for each byte, `flops / nbytes`."""
        return self.flops / self.nbytes

    @property
    def problem(self) -> str:
        """All that is computed, in one line; what has its default value is left out."""
        return self._plan.problem

    @property
    def threads(self) -> int:
        """The most threads that a call uses."""
        return self._plan.threads

    def __repr__(self) -> str:
        return f"<dwconv.Plan {self.problem} {self.layout} {self.strategy} [{self.implementation}]>"


_core.call_directly(Plan)
