"""The operations beside depthwise convolution, ready to be run, for tests of what is around them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import dwconv
from case import Case
from gradient_case import BackwardDataCase, TransposedCase
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
    wrong: Sequence[dict[str, Any]]  # keywords that are refused


_WRONG_FOR_ALL: list[dict[str, Any]] = [
    {"stride": 0},
    {"padding": -1},
    {"layout": "NCWH"},
    {"threads": 0},
]
_WRONG_STRATEGY: list[dict[str, Any]] = [{"strategy": "no such"}, {"strategy": "planar"}]


def _one(case: Case, *wrong: dict[str, Any]) -> Operation:
    x, w, bias = case.arrays()

    def plan(**keywords: Any) -> dwconv.Plan:
        return replace(case, **keywords).make_plan(x, w, bias)

    def call(out: Any = None, **keywords: Any) -> np.ndarray:
        return replace(case, **keywords).run(x, w, bias, out)

    return Operation(x, case.expected(x, w, bias), plan, call, [*_WRONG_FOR_ALL, *wrong])


def _block(case: SeparableCase) -> Operation:
    x, filters = case.arrays()[0], case.filters()
    expected, _ = case.results(x, filters)
    has_door = not isinstance(case, InvertedResidualCase)

    def plan(**keywords: Any) -> dwconv.Plan:
        return replace(case, **keywords).separable_plan(x, filters)

    def call(out: Any = None, **keywords: Any) -> np.ndarray:
        return replace(case, **keywords).call(x, filters, out)

    wrong = [*_WRONG_FOR_ALL, *_WRONG_STRATEGY, {"dilation": 50}]
    return Operation(x, expected, plan, call if has_door else None, wrong)


_SEPARABLE: dict[str, Any] = {
    "batch": 2,
    "channels": 24,
    "size": (20, 21),
    "padding": 1,
    "bias": True,
    "depthwise_bias": True,
}
_ONE: dict[str, Any] = {"batch": 2, "channels": 24, "size": (20, 21), "padding": 1}
OPERATIONS = {
    **{
        f"{name} {layout}": _one(replace(case, layout=layout), *wrong)
        for name, (case, *wrong) in {
            "conv": (
                GroupedCase(**{**_ONE, "channels": 12}, groups=2, multiplier=8, bias=True),
                *_WRONG_STRATEGY,
                {"dilation": 50},
            ),
            "backward data": (BackwardDataCase(**_ONE, stride=2), {"dilation": 50}),
            "transposed": (TransposedCase(**_ONE, stride=2, bias=True), {"output_padding": 2}),
        }.items()
        for layout in ("NCHW", "NHWC")
    },
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
