"""Separable convolution against the reference: fused, unfused, and as two calls."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import dwconv
from separable_case import SeparableCase, separable_cases

KINDS = {
    "3x3": SeparableCase(channels=16, outputs=24, size=(33, 40), padding=1),
    "stride": SeparableCase(channels=20, outputs=8, size=(31, 33), stride=2, padding=1),
    "5x5": SeparableCase(channels=33, outputs=17, kernel=(5, 5), size=(19, 18), padding=2),
    "dilated": SeparableCase(channels=8, outputs=8, dilation=2, size=(20, 21), padding=2),
    "multiplier": SeparableCase(
        channels=8, multiplier=2, weights_rank=5, outputs=12, size=(20, 20), padding=1
    ),
    "deep padding": SeparableCase(channels=8, outputs=9, size=(6, 5), padding=((4, 5), (6, 3))),
    "batch": SeparableCase(batch=3, channels=8, outputs=16, size=(9, 11), padding=1),
    "one channel": SeparableCase(channels=1, outputs=4, size=(9, 9)),
}
SPECIAL = {"nan": np.nan, "+inf": np.inf, "-inf": -np.inf}
BOTH = {"bias": True, "depthwise_bias": True}


@settings(max_examples=500)
@given(separable_cases())
def test_any_case_is_right(case: SeparableCase) -> None:
    case.compare()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "one channel"])
@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
@pytest.mark.parametrize("order", ["C", "transposed", "planar", "strided"])
@pytest.mark.parametrize("threads", [1, 3])
def test_fused(kind: str, layout: str, order: str, threads: int) -> None:
    options: dict[str, Any] = {"x_order": order, "threads": threads, "layout": layout}
    case = replace(KINDS[kind], strategy="fused", **BOTH, **options)
    if "avx" in str(dwconv.show_config("dict")["isa"]):
        case.compare()
    else:
        # Old processors lack kernels for some of them.
        with contextlib.suppress(dwconv.Unsupported):
            case.compare()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("strategy", [None, "unfused"])
def test_the_same_as_two_calls(kind: str, strategy: str | None) -> None:
    relu6 = ("clip", 0, 6)
    case = replace(KINDS[kind], strategy=strategy, depthwise_activation=relu6, **BOTH)
    x, filters = case.arrays()[0], case.filters()
    between = dwconv.dnnl_depthwise(
        x, filters["w_depthwise"], filters["depthwise_bias"], activation="relu6", **case.geometry
    )
    w = filters["w_pointwise"].reshape(case.outputs, -1, 1, 1)
    expected = dwconv.dnnl_conv(between, w, filters["bias"])
    np.testing.assert_array_equal(case.call(x, filters), expected)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("strategy", [None, "unfused"])
def test_threads_do_not_change_a_bit(kind: str, strategy: str | None) -> None:
    case = replace(KINDS[kind], integers=False, strategy=strategy, **BOTH)
    case.assert_threads_do_not_change_a_bit()


@pytest.mark.parametrize("kind", KINDS)
def test_a_plan_takes_any_memory_order(kind: str) -> None:
    case = replace(KINDS[kind], **BOTH)
    case.assert_a_plan_takes_any_memory_order()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("strategy", [None, "unfused"])
@pytest.mark.parametrize("special", SPECIAL)
@pytest.mark.parametrize("activation", [None, ("relu", None, None), ("swish", None, None)], ids=str)
def test_not_finite(activation: Any, special: str, strategy: str | None, kind: str) -> None:
    """In x and in each of the weights: NaN and infinity where the reference has them."""
    case = replace(KINDS[kind], strategy=strategy, integers=False, **BOTH)
    case = replace(case, activation=activation, depthwise_activation=activation)
    for place in ("x", *case.filters()):
        arrays: dict[str, Any] = {"x": case.arrays()[0], **case.filters()}
        array = np.abs(arrays[place]) + np.float32(0.5)
        arrays[place] = array
        x = arrays.pop("x")
        _, ordinary = case.results(x, arrays)
        array.reshape(len(array), -1)[0, 0] = SPECIAL[special]
        with np.errstate(all="ignore"):
            expected, bound = case.results(x, arrays)
            y = case.call(x, arrays)
            as_float = expected.astype(np.float32)
            finite = np.isfinite(as_float)
            np.testing.assert_array_equal(y[~finite], as_float[~finite])
            # Where an activation made a finite number of an infinite one, the bound, infinite there,
            # says nothing; all other terms are as they are without the infinity.
            bound = np.where(np.isfinite(bound), bound, ordinary)
            assert np.all(np.abs(y - expected)[finite] <= bound[finite])


@pytest.mark.skipif(
    "avx" not in str(dwconv.show_config("dict")["isa"]), reason="fused needs kernels of AVX2"
)
@pytest.mark.parametrize(
    ("size", "stride", "layout", "threads", "strategy"),
    [
        ((7, 24), 1, "NHWC", 2, "unfused"),  # 4 rows and 3
        ((7, 24), 1, "NHWC", 1, "fused"),
        ((8, 24), 1, "NHWC", 2, "unfused"),  # all stays in the last-level cache
        ((7, 24), 1, "NCHW", 2, "unfused"),
        ((8, 24), 1, "NCHW", 2, "fused"),
        ((1600, 24), 1, "NHWC", 2, "fused"),
        ((112, 112), 2, "NCHW", 2, "unfused"),
        ((112, 110), 2, "NCHW", 2, "fused"),
    ],
)
def test_the_choice(
    size: tuple[int, int], stride: int, layout: str, threads: int, strategy: str
) -> None:
    # A kernel that strips do not serve.
    case = replace(
        KINDS["3x3"], kernel=(3, 5), padding=(1, 2), size=size, stride=stride, layout=layout,
        threads=threads,
    )  # fmt: skip
    assert case.separable_plan(case.x_shape(), case.filters()).strategy == strategy


def test_empty_batch() -> None:
    case = replace(KINDS["3x3"], batch=0)
    x, filters = case.arrays()[0], case.filters()
    assert case.call(x, filters).shape == (0, 24, 33, 40)
    plan = case.separable_plan(x, filters)
    assert plan(x).shape == plan.output_shape == (0, 24, 33, 40)


def test_what_a_plan_says() -> None:
    case = replace(KINDS["stride"], depthwise_activation=("relu", None, None), **BOTH)
    x, filters = case.arrays()[0], case.filters()
    plan = case.separable_plan(x, filters)
    pixels = 16 * 17
    assert plan.problem == "n1c20i31x33k3x3s2p1+bias+relu>8+bias"
    assert plan.output_shape == (1, 8, 16, 17)
    assert plan.flops == 2 * pixels * 20 * (9 + 8)
    assert plan.nbytes == 4 * (20 * 31 * 33 + 20 * 9 + 20 + 20 * 8 + 8 + 8 * pixels)
    assert plan.strategy in ("fused", "unfused")
    assert plan.problem in repr(plan)


def test_plans_and_calls_share_an_entry_of_the_cache() -> None:
    dwconv.cache_clear()
    case = KINDS["3x3"]
    x, filters = case.arrays()[0], case.filters()
    case.separable_plan(x, filters)
    case.call(x, filters)
    assert dwconv.cache_info()[:2] == (1, 1)


def test_an_entry_of_the_cache_for_each_thing_that_matters() -> None:
    dwconv.cache_clear()
    relu = ("relu", None, None)
    base = KINDS["3x3"]
    others = [
        {"outputs": 25}, {"bias": True}, {"depthwise_bias": True}, {"activation": relu},
        {"depthwise_activation": relu}, {"strategy": "unfused"}, {"threads": 7}, {"stride": 2},
        {"layout": "NHWC"}, {"channels": 17},
    ]  # fmt: skip
    cases = [base, *(replace(base, **other) for other in others)]
    for case in (*cases, *cases):
        case.call(case.arrays()[0], case.filters())
    assert dwconv.cache_info()[:2] == (len(cases), len(cases))
