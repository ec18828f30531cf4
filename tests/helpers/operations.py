"""The operations beside depthwise convolution, ready to be run, for tests of what is around them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import dwconv
from grouped_case import GroupedCase
from inverted_residual_case import InvertedResidualCase
from separable_case import SeparableCase


@dataclass(frozen=True)
class Operation:
    """A problem with its arrays and its result, which is exact."""

    x: np.ndarray
    expected: np.ndarray
    make_plan: Callable[..., dwconv.Plan]  # with keywords that take the place of the case's own
    call: Callable[..., np.ndarray] | None  # where it has a door of one call


def _grouped(**changes: Any) -> Operation:
    case = GroupedCase(
        batch=2, channels=12, groups=2, multiplier=8, size=(20, 21), padding=1, bias=True, **changes
    )
    x, w, bias = case.arrays()

    def plan(**keywords: Any) -> dwconv.Plan:
        return dwconv.Plan.conv(x, w, bias, **{**case.keywords(), **keywords})

    def call(**keywords: Any) -> np.ndarray:
        return dwconv.dnnl_conv(x, w, bias, **{**case.keywords(), **keywords})

    return Operation(x, case.expected(x, w, bias), plan, call)


def _block(case: SeparableCase) -> Operation:
    x, filters = case.arrays()[0], case.filters()
    expected, _ = case.results(x, filters)
    has_door = not isinstance(case, InvertedResidualCase)

    def plan(**keywords: Any) -> dwconv.Plan:
        return replace(case, **keywords).separable_plan(x, filters)

    def call(out: Any = None, **keywords: Any) -> np.ndarray:
        return replace(case, **keywords).call(x, filters, out)

    return Operation(x, expected, plan, call if has_door else None)


_SEPARABLE: dict[str, Any] = {
    "batch": 2,
    "channels": 24,
    "size": (20, 21),
    "padding": 1,
    "bias": True,
    "depthwise_bias": True,
}
OPERATIONS = {
    "conv NCHW": _grouped(),
    "conv NHWC": _grouped(layout="NHWC"),
    **{
        f"{name} {layout} {strategy}": _block(replace(case, layout=layout, strategy=strategy))
        for name, case in {
            "separable": SeparableCase(outputs=16, **_SEPARABLE),
            "inverted residual": InvertedResidualCase(
                inputs=8, outputs=8, expand_bias=True, residual=True, **_SEPARABLE
            ),
        }.items()
        for layout in ("NCHW", "NHWC")
        for strategy in (None, "unfused")
    },
}
