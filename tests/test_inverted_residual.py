"""Inverted residual blocks against the reference: fused, unfused, and as three calls."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import dwconv
from inverted_residual_case import InvertedResidualCase, inverted_residual_cases

RELU6 = ("clip", 0, 6)
BASE = InvertedResidualCase(
    inputs=8,
    channels=48,
    outputs=8,
    size=(33, 20),
    padding=1,
    bias=True,
    depthwise_bias=True,
    expand_bias=True,
    expand_activation=RELU6,
    depthwise_activation=RELU6,
)
KINDS = {
    "residual": replace(BASE, residual=True),
    "stride": replace(BASE, stride=2, outputs=12),
    "5x5": replace(BASE, kernel=(5, 5), padding=2, inputs=12, outputs=12, residual=True),
    "5x5 stride": replace(BASE, kernel=(5, 5), stride=2, padding="same", size=(32, 21), outputs=9),
    "dilated": replace(BASE, dilation=(3, 2), padding=(3, 2)),
    "stride beyond kernel": replace(BASE, stride=4),
    "multiplier": replace(BASE, channels=8, multiplier=2, weights_rank=5),
    "deep padding": replace(BASE, size=(6, 5), padding=((4, 5), (6, 3))),
    "deep dilated padding": replace(BASE, size=(9, 6), dilation=3, padding=5),
    "batch": replace(BASE, batch=3, size=(9, 11), residual=True),
    "one channel": replace(BASE, inputs=1, channels=1, outputs=1, residual=True),
    "tall": replace(BASE, size=(160, 40), channels=96, residual=True),
}
SPECIAL = {"nan": np.nan, "+inf": np.inf, "-inf": -np.inf}


def compare(case: InvertedResidualCase) -> None:
    """Where oneDNN has fast kernels for 1×1 convolutions, all strategies have to serve."""
    if "avx" in str(dwconv.show_config("dict")["isa"]):
        case.compare()
        return
    with contextlib.suppress(dwconv.Unsupported):
        case.compare()


@settings(max_examples=200)
@given(inverted_residual_cases())
def test_any_case_is_right(case: InvertedResidualCase) -> None:
    case.compare()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
@pytest.mark.parametrize("order", ["C", "transposed", "planar", "strided"])
@pytest.mark.parametrize("strategy", ["fused", "unfused"])
def test_every_strategy(kind: str, layout: str, order: str, strategy: str) -> None:
    for threads in (1, 3):
        options: dict[str, Any] = {"x_order": order, "threads": threads, "layout": layout}
        compare(replace(KINDS[kind], strategy=strategy, **options))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("strategy", [None, "unfused"])
def test_the_same_as_three_calls(kind: str, strategy: str | None) -> None:
    case = replace(KINDS[kind], strategy=strategy)
    x, filters = case.arrays()[0], case.filters()
    w = {name: filters[name] for name in ("w_expand", "w_depthwise", "w_project")}
    expanded = dwconv.dnnl_conv(
        x, w["w_expand"][..., None, None], filters["expand_bias"], activation="relu6"
    )
    expected = dwconv.dnnl_separable(
        expanded,
        w["w_depthwise"],
        w["w_project"],
        filters["bias"],
        depthwise_bias=filters["depthwise_bias"],
        depthwise_activation="relu6",
        **case.geometry,
    )
    expected = expected + x if case.residual else expected
    np.testing.assert_array_equal(case.call(x, filters), expected)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("strategy", [None, "unfused"])
def test_threads_do_not_change_a_bit(kind: str, strategy: str | None) -> None:
    case = replace(KINDS[kind], integers=False, strategy=strategy)
    case.assert_threads_do_not_change_a_bit()


@pytest.mark.parametrize("kind", KINDS)
def test_a_plan_takes_any_memory_order(kind: str) -> None:
    case = KINDS[kind]
    case.assert_a_plan_takes_any_memory_order()


@pytest.mark.parametrize("kind", ["residual", "stride", "5x5"])
@pytest.mark.parametrize("strategy", [None, "unfused"])
@pytest.mark.parametrize("special", SPECIAL)
def test_not_finite(special: str, strategy: str | None, kind: str) -> None:
    """In x and in each of the weights: NaN and infinity where the reference has them."""
    case = replace(KINDS[kind], strategy=strategy)
    for place in ("x", *case.filters()):
        arrays: dict[str, Any] = {"x": case.arrays()[0], **case.filters()}
        arrays[place].reshape(len(arrays[place]), -1)[0, 0] = SPECIAL[special]
        x = arrays.pop("x")
        with np.errstate(all="ignore"):
            expected, _ = case.results(x, arrays)
            np.testing.assert_array_equal(case.call(x, arrays), expected)


@pytest.mark.skipif(
    "avx" not in str(dwconv.show_config("dict")["isa"]), reason="fused needs kernels of AVX2"
)
@pytest.mark.parametrize(
    ("height", "layout", "threads", "strategy"),
    [
        (7, "NHWC", 2, "unfused"),  # 4 rows and 3, and halves that overlap
        (7, "NHWC", 1, "unfused"),  # all stays in the cache
        (64, "NHWC", 2, "fused"),
        (64, "NCHW", 2, "fused"),
        (400, "NHWC", 1, "fused"),
    ],
)
def test_the_choice(height: int, layout: str, threads: int, strategy: str) -> None:
    case = replace(BASE, size=(height, 24), layout=layout, threads=threads)
    assert case.separable_plan(case.x_shape(), case.filters()).strategy == strategy


def test_empty_batch() -> None:
    case = replace(BASE, batch=0)
    x, filters = case.arrays()[0], case.filters()
    plan = case.separable_plan(x, filters)
    assert plan(x).shape == plan.output_shape == (0, 8, 33, 20)


def test_out() -> None:
    case = KINDS["residual"]
    x, filters = case.arrays()[0], case.filters()
    plan = case.separable_plan(x, filters)
    out = np.full(plan.output_shape, np.nan, np.float32)
    assert plan(x, out=out) is out
    np.testing.assert_array_equal(out, case.results(x, filters)[0])


def test_what_a_plan_says() -> None:
    case = KINDS["residual"]
    plan = case.separable_plan(case.arrays()[0], case.filters())
    pixels = 33 * 20
    assert plan.problem == ("8+bias+clip(0,6)>n1c48i33x20k3x3p1+bias+clip(0,6)>8+bias+src")
    assert plan.flops == 2 * pixels * 48 * (8 + 9 + 8)
    weights = 48 * 8 + 48 + 48 * 9 + 48 + 8 * 48 + 8
    assert plan.nbytes == 4 * (2 * 8 * pixels + weights)
    assert plan.strategy in ("fused", "unfused")
    assert plan.problem in repr(plan)


def test_an_entry_of_the_cache_for_each_thing_that_matters() -> None:
    relu = ("relu", None, None)
    others: list[dict[str, Any]] = [
        {"outputs": 9}, {"inputs": 7}, {"bias": False}, {"depthwise_bias": False}, {"expand_bias": False},
        {"activation": relu}, {"depthwise_activation": relu}, {"expand_activation": relu},
        {"strategy": "unfused"}, {"threads": 7}, {"stride": 2}, {"layout": "NHWC"}, {"channels": 17},
        {"residual": True},
    ]  # fmt: skip
    dwconv.cache_clear()
    cases = [BASE, *(replace(BASE, **other) for other in others)]
    for case in (*cases, *cases):
        case.separable_plan(case.x_shape(), case.filters())
    assert dwconv.cache_info()[:2] == (len(cases), len(cases))
