"""`dnnl_depthwise_quantized` against exact integers, at the ends of its types, and at ties."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dwconv
from helpers.choices import HypothesisChoices, RandomChoices
from quantized_case import QuantizedCase, make_quantized_case
from typed_case import BYTES

LAYOUTS = {1: ("NCW", "NWC"), 2: ("NCHW", "NHWC"), 3: ("NCDHW", "NDHWC")}


@st.composite
def quantized_cases(draw: Any) -> QuantizedCase:
    return make_quantized_case(HypothesisChoices(draw))


@given(quantized_cases())
def test_any_problem_is_right(case: QuantizedCase) -> None:
    case.check()


def test_random_cases() -> None:
    for index in range(300):
        make_quantized_case(RandomChoices(3, index)).check()


# More than a tile holds, and what only padding makes.
LARGE: dict[str, dict[str, Any]] = {
    "rows of a plane": {"channels": 2, "size": (300, 331), "padding": 1},
    "channels, multiplier": {"channels": 31, "multiplier": 3, "size": (41, 43), "padding": 1},
    "images": {"batch": 23, "channels": 40, "size": (12, 13), "kernel": (5, 5), "padding": 2},
    "deep padding": {"channels": 9, "size": (90, 90), "padding": ((40, 30), (0, 9)), "stride": 3},
    "a line": {"channels": 1, "size": (150_001,), "kernel": (9,), "padding": "causal"},
    "volume": {"channels": 12, "size": (20, 31, 37), "kernel": (3, 3, 3), "padding": 1},
    "beyond float32": {"channels": 3, "size": (40, 41), "kernel": (33, 33), "padding": 5},
}


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("order", ["C", "strided"])
@pytest.mark.parametrize("last", [False, True], ids=["channels-first", "channels-last"])
@pytest.mark.parametrize("name", LARGE)
def test_large_problems(name: str, last: bool, order: str, bias: bool) -> None:
    case = QuantizedCase(**LARGE[name], weights_rank=4, per_channel=True, x_order=order, bias=bias)
    replace(case, layout=LAYOUTS[len(case.size)][last]).check()
    replace(case, layout=LAYOUTS[len(case.size)][last], extreme=True).check()


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
def test_result_does_not_depend_on_threads(layout: str) -> None:
    case = QuantizedCase(batch=3, channels=70, size=(60, 61), padding=1, layout=layout)
    x, w, bias = case.arrays()
    one, two = (replace(case, threads=threads).run(x, w, bias, None) for threads in (1, 2))
    assert one.tobytes() == two.tobytes()


def requantized(sums: np.ndarray, multiplier: float, zero_point: int, dtype: Any) -> np.ndarray:
    """What becomes of sums, which come in as the biases of channels."""
    x, w = np.zeros((sums.size, 1), np.uint8), np.ones((sums.size, 1), np.int8)
    scales = {"x_scale": multiplier, "w_scale": 1.0, "y_scale": 1.0}
    return dwconv.dnnl_depthwise_quantized(
        x, w, sums, layout="CW", out_dtype=dtype, y_zero_point=zero_point, **scales
    )[:, 0]


@pytest.mark.parametrize("dtype", BYTES)
@pytest.mark.parametrize("zero_point", [0, 1, 127])
def test_ties_go_to_even_before_the_zero_point(dtype: str, zero_point: int) -> None:
    sums = np.arange(-700, 701, dtype=np.int32)
    info = np.iinfo(dtype)
    for multiplier in (0.5, 0.25, 1.5):
        expected = np.clip(np.rint(sums * multiplier) + zero_point, info.min, info.max)
        np.testing.assert_array_equal(requantized(sums, multiplier, zero_point, dtype), expected)


@pytest.mark.parametrize("dtype", BYTES)
def test_the_largest_sums_saturate(dtype: str) -> None:
    sums = np.array([-(2**31), 2**31 - 1, -(2**31), 2**31 - 1], np.int32)
    info = np.iinfo(dtype)
    for multiplier in (1.0, 1e30, 1e-3):
        got = requantized(sums, multiplier, info.max, dtype)
        np.testing.assert_array_equal(got, [info.min, info.max] * 2)


@pytest.mark.parametrize("sum_", [2**24 + 1, 2**30 + 65, -(2**31) + 129])
def test_a_large_sum_is_rounded_once(sum_: int) -> None:
    """The multiplier brings a sum beyond 2**24 into the result's range."""
    multiplier = 100 / abs(sum_)
    got = requantized(np.array([sum_], np.int32), multiplier, 0, "int8")
    assert got[0] == np.rint(np.float32(sum_) * np.float32(multiplier))


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
def test_close_to_the_real_numbers(layout: str) -> None:
    """Outside ties, what the definition in real numbers says."""
    case = QuantizedCase(channels=24, size=(30, 31), padding=1, layout=layout, per_channel=True)
    x, w, _ = case.arrays()
    w_scale = np.linspace(0.05, 0.15, 24)
    scales = {**case.quantization, "w_scale": w_scale, "y_scale": 40.0, "y_zero_point": 100}
    scales["x_scale"] = 0.5
    y = dwconv.dnnl_depthwise_quantized(x, w, padding=1, layout=layout, **scales)
    shape = (-1, 1, 1)
    zero = np.asarray(scales["w_zero_point"]).reshape(shape)
    real_w = (w.astype(np.float64) - zero) * np.asarray(scales["w_scale"]).reshape(shape)
    real_x = (x.astype(np.float64) - scales["x_zero_point"]) * scales["x_scale"]
    real = dwconv.reference.depthwise(
        real_x.astype(np.float32), real_w.astype(np.float32), padding=1, layout=layout
    )
    exact = np.clip(real.astype(np.float64) / 40 + 100, 0, 255)
    # Half a step of rounding, and what float32 loses of numbers up to 2**8.
    assert np.abs(y - exact).max() <= 0.5 + 2**-10
    assert np.unique(y).size > 50


@pytest.mark.parametrize("order", ["C", "transposed", "strided"])
def test_plan(order: str) -> None:
    case = QuantizedCase(channels=20, size=(17, 19), padding=1, per_channel=True, bias=True)
    x, w, bias = case.arrays()
    expected = case.run(x, w, bias, None)
    plan = case.make_plan(x, w, bias)
    other = replace(case, x_order=order).arrays()[0]
    np.testing.assert_array_equal(plan(other), expected)
    assert plan.problem == "quantized:n1c20i17x19k3x3p1+bias+uint8*int8"
    assert plan.strategy == "converted"
    assert plan.flops == 2 * expected.size * 9
    w[...] = 0
    np.testing.assert_array_equal(plan(x), expected)


def test_scales_and_zero_points_share_what_is_cached() -> None:
    case = QuantizedCase(channels=20, size=(17, 19))
    case.check()
    before = dwconv.cache_info()
    replace(case, per_channel=True).check()
    x, w, _ = case.arrays()
    changed = {**case.keywords(), "y_scale": 3.0, "x_zero_point": 7}
    dwconv.dnnl_depthwise_quantized(x, w, **changed)
    assert dwconv.cache_info().misses == before.misses
    dwconv.dnnl_depthwise(x, w)
    assert dwconv.cache_info().misses == before.misses + 1
