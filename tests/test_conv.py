"""Convolution with groups against the reference, and what it shares with depthwise convolution."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import dwconv
import tolerance
from case import Case
from cases import ACTIVATIONS, NO_EPILOGUE, cases
from grouped_case import GroupedCase, grouped_cases
from grouped_reference import grouped
from helpers.memory import arrange

needs_fast_kernels = pytest.mark.skipif(
    "avx" not in dwconv.show_config("dict")["isa"],
    reason="for some kinds oneDNN has fast kernels from AVX2 on alone",
)
SPECIAL = {"nan": np.nan, "+inf": np.inf, "-inf": -np.inf}

# Kernels of each kind that oneDNN has: matrix products, blocks of channels, few channels, gemm.
KINDS = {
    "pointwise": GroupedCase(channels=32, multiplier=48, kernel=(1, 1), size=(9, 11)),
    "standard": GroupedCase(channels=16, multiplier=33, size=(10, 9), padding=1),
    "stride": GroupedCase(channels=3, multiplier=32, size=(15, 14), stride=2, padding=1),
    "dilated": GroupedCase(channels=20, multiplier=8, size=(12, 12), dilation=2, padding=2),
    "two groups": GroupedCase(groups=2, channels=32, multiplier=16, size=(9, 9), padding=1),
    "many groups": GroupedCase(groups=8, channels=32, multiplier=4, size=(9, 9), padding=1),
    "deep padding": GroupedCase(channels=8, multiplier=8, size=(6, 5), padding=((4, 5), (6, 3))),
    "batch": GroupedCase(batch=3, channels=8, multiplier=8, size=(5, 6), kernel=(1, 1)),
}


@settings(max_examples=500)
@given(grouped_cases())
def test_any_case_is_right(case: GroupedCase) -> None:
    case.check()


@settings(max_examples=300)
@given(cases())
def test_as_many_groups_as_channels_are_depthwise(case: Case) -> None:
    """The same result to the last bit, by the same plan."""
    case = replace(case, weights_rank=4, strategy=None, **NO_EPILOGUE)
    x, w, bias = case.arrays()
    expected = dwconv.dnnl_depthwise(x, w, bias, **case.keywords())
    before = dwconv.cache_info().misses
    y = dwconv.dnnl_conv(x, w, bias, groups=case.channels, **case.keywords())
    assert dwconv.cache_info().misses == before
    np.testing.assert_array_equal(y, expected)
    plan = dwconv.Plan.conv(x, w, bias, groups=case.channels, **case.keywords())
    assert plan.problem == dwconv.Plan(x, w, bias, **case.keywords()).problem


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
@pytest.mark.parametrize("threads", [1, 2, 3])
def test_plans_are_right_for_every_memory_order(kind: str, layout: str, threads: int) -> None:
    case = replace(KINDS[kind], layout=layout, threads=threads, bias=True)
    x, w, bias = case.arrays()
    expected = case.expected(x, w, bias)
    plan = case.plan()
    for order in ("C", "transposed", "planar", "strided", "cropped", "reversed"):
        np.testing.assert_array_equal(plan(arrange(x, order)), expected)


@pytest.mark.parametrize("kind", KINDS)
def test_threads_do_not_change_a_bit(kind: str) -> None:
    case = replace(KINDS[kind], size=(40, 41), integers=False, bias=True)
    x, w, bias = case.arrays()
    results = [replace(case, threads=threads).run(x, w, bias, None) for threads in (1, 2, 3, 7)]
    for other in results[1:]:
        np.testing.assert_array_equal(other, results[0])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
@pytest.mark.parametrize("special", SPECIAL)
@pytest.mark.parametrize("activation", [None, *ACTIVATIONS], ids=str)
def test_not_finite(activation: Any, special: str, layout: str, kind: str) -> None:
    """In x, w and bias: where the reference has NaN or infinity, and nowhere else."""
    case = replace(KINDS[kind], layout=layout, activation=activation)
    for place in range(3):
        rng = np.random.default_rng(6)
        x = rng.standard_normal(case.x_shape(), dtype=np.float32)
        w = rng.uniform(0.1, 0.9, case.w_shape()).astype(np.float32)
        bias = rng.standard_normal(case.out_channels(), dtype=np.float32)
        array = (np.moveaxis(x, case.layout.index("C"), 1), w, bias)[place]
        array[(slice(None, None, 3),) + (0,) * (array.ndim - 1)] = SPECIAL[special]
        with np.errstate(all="ignore"):
            expected = case.expected(x, w, bias)
            bound = case.error_bound(x, w, bias)
            y = case.run(x, w, bias, None)
            finite = np.isfinite(expected) & np.isfinite(bound)
            np.testing.assert_array_equal(y[~finite], expected[~finite].astype(np.float32))
            assert np.all(np.abs(y - expected)[finite] <= bound[finite])


@needs_fast_kernels
@pytest.mark.parametrize(
    ("kind", "layout", "strategy"),
    [
        ("pointwise", "NHWC", "direct"),
        ("pointwise", "NCHW", "tiled"),
        ("standard", "NHWC", "direct"),
        ("standard", "NCHW", "tiled"),
        ("stride", "NHWC", "direct"),
        ("deep padding", "NHWC", "tiled"),
    ],
)
def test_strategy_follows_memory_order(kind: str, layout: str, strategy: str) -> None:
    plan = replace(KINDS[kind], layout=layout).plan()
    assert plan.strategy == strategy


@needs_fast_kernels
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
def test_no_slow_kernel_runs(kind: str, layout: str) -> None:
    names = replace(KINDS[kind], layout=layout).plan().implementation.split(", ")
    assert all(name.startswith(("brgconv", "jit", "constant")) for name in names)


def test_alexnet() -> None:
    """The second, fourth and fifth convolution of AlexNet are of two groups."""
    for channels, outputs, kernel, size in (
        (96, 256, 5, 27), (384, 384, 3, 13), (384, 256, 3, 13)
    ):  # fmt: skip
        rng = np.random.default_rng(7)
        x = rng.standard_normal((1, channels, size, size), dtype=np.float32)
        w = rng.standard_normal((outputs, channels // 2, kernel, kernel), dtype=np.float32)
        bias = rng.standard_normal(outputs, dtype=np.float32)
        keywords: dict[str, Any] = {"groups": 2, "padding": kernel // 2}
        expected = grouped(x, w, bias, activation="relu", **keywords)
        bound = tolerance.error_bound(x, w, bias, activation="relu", convolve=grouped, **keywords)
        y = dwconv.dnnl_conv(x, w, bias, activation="relu", **keywords)
        assert np.all(np.abs(y - expected) <= bound)


def test_what_a_plan_says() -> None:
    case = replace(KINDS["two groups"], bias=True)
    plan = case.plan()
    assert plan.problem == "n1c32g2m16i9x9k3x3p1+bias"
    assert plan.output_shape == (1, 32, 9, 9)
    assert plan.flops == 2 * 32 * 16 * 9 * 81
    assert plan.nbytes == 4 * (32 * 81 + 32 * 16 * 9 + 32 + 32 * 81)


def test_an_entry_of_the_cache_for_each_number_of_groups() -> None:
    dwconv.cache_clear()
    x = np.ones((1, 8, 5, 5), np.float32)
    for groups in (1, 2, 4, 8, 1, 2, 4, 8):
        dwconv.dnnl_conv(x, np.ones((8, 8 // groups, 3, 3), np.float32), groups=groups)
    assert dwconv.cache_info()[:2] == (4, 4)
