"""Convolution made ready once and run many times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from dwconv import _core
from dwconv._arguments import (
    ActivationLike,
    Padding,
    Sizes,
    Strategy,
    count,
    flag,
    form,
    options,
    require_float32,
)
from dwconv._block_plans import BlockPlans
from dwconv._dtypes import require_default_weights, source_dtype, typed_options
from dwconv._pass_plans import PassPlans


class Plan(BlockPlans, PassPlans):
    """A depthwise convolution made ready: kernels compiled, weights packed.

    A plan is immutable, may be used by any number of threads at once, and works after `os.fork()` in
    the child too. It keeps copies of the weights: later changes of `w` do not change it. `copy` gives
    the plan itself; it cannot be pickled.

    Parameters
    ----------
    like : tuple of int or ndarray
        The shape of x; or an array whose shape, dtype and memory order are taken, and whose values are
        not.
    w, bias, stride, padding, dilation, layout, scale, shift, activation, out_dtype, threads, strategy
        As for `dnnl_depthwise`.
    add : bool
        Whether an array is added, which each call gives: ``plan(x, add=array)``.
    dtype : dtype, optional
        Of x: float32 by default, or that of `like` if it is an array. `w` has to go with it.
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
    >>> block = dwconv.Plan((1, 8, 32, 32), w, padding='same', scale=w[:, 0, 0], add=True)
    >>> block.problem, block(y, add=y)[0, 0, 1, 1]
    ('n1c8i32x32k3x3p1+scale+add', np.float32(58.0))
    """

    __slots__ = ()
    _plan: _core._Convolution

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
        scale: NDArray[Any] | None = None,
        shift: NDArray[Any] | None = None,
        add: bool = False,
        activation: ActivationLike = None,
        out_dtype: DTypeLike | None = None,
        threads: int | None = None,
        strategy: Strategy = None,
        tune: bool = False,
    ) -> None:
        tune = flag("tune", tune)
        add = flag("add", add)
        made = typed_options(
            stride, padding, dilation, layout, activation, out_dtype, threads, strategy
        )
        name = source_dtype(like, dtype)
        if dtype is None and not isinstance(like, np.ndarray):
            require_default_weights(w)
        self._plan = _core.Plan(form("like", like), w, bias, 0, made, tune, name, scale, shift, add)

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
        return cls._of(
            _core.Plan(
                form("like", like),
                w,
                bias,
                count("groups", groups),
                options(
                    stride, padding, dilation, layout, activation, out_dtype, threads, strategy
                ),
                False,
            )
        )

    def __call__(
        self,
        x: NDArray[Any],
        out: NDArray[Any] | None = None,
        *,
        add: NDArray[Any] | None = None,
    ) -> NDArray[Any]:
        """The convolution of `x`.

        Parameters
        ----------
        x : ndarray
            Of the plan's shape and dtype. An array in another memory order than the plan was made for works
            too, by another way.
        out : ndarray, optional
            As for `dnnl_depthwise`.
        add : ndarray, optional
            As for `dnnl_depthwise`, of a plan that was made with ``add=True``, and of no other. It is
            fastest in the memory order of the result.

        Returns
        -------
        ndarray
            As `dnnl_depthwise` returns it.

        Raises
        ------
        InvalidArgument, InvalidType, BackendError
        """
        if add is None:
            return self._plan.execute(x, out)
        return self._plan.execute_adding(x, add, out)


_core.call_directly(Plan)
