"""Separable convolution by the kernels for strips, against the reference: 3 × 3, few channels, channels-last."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import dwconv
from separable_case import SeparableCase

BASE = SeparableCase(
    channels=32, outputs=32, size=(9, 40), padding=1, layout="NHWC", strategy="fused",
    bias=True, depthwise_bias=True,
)  # fmt: skip
RELU6 = ("clip", 0, 6)


def is_by_strips(case: SeparableCase) -> bool:
    plan = case.separable_plan(case.x_shape(), case.filters())
    return plan.implementation.startswith("strip:")


@pytest.mark.parametrize("height", [1, 2, 5])
@pytest.mark.parametrize("width", [2, 3, 4, 5, 7, 35, 36, 37, 38, 72, 73, 74, 80])
def test_sizes(height: int, width: int) -> None:
    """A strip has 36 pixels of 32 channels, and none has one alone."""
    case = replace(BASE, size=(height, width), depthwise_activation=RELU6)
    assert is_by_strips(case)
    case.compare()


@pytest.mark.parametrize(
    ("channels", "outputs"),
    [(8, 8), (8, 40), (16, 24), (16, 64), (24, 8), (24, 40), (40, 24), (64, 8), (64, 16), (64, 64)],
)
def test_channels(channels: int, outputs: int) -> None:
    case = replace(BASE, channels=channels, outputs=outputs)
    assert is_by_strips(case)
    case.compare()


@pytest.mark.parametrize("padding", [0, ((0, 1), (2, 0)), ((3, 4), (5, 3)), "same"], ids=str)
@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("threads", [1, 2, 3])
def test_padding(padding: Any, batch: int, threads: int) -> None:
    case = replace(BASE, padding=padding, batch=batch, threads=threads, size=(8, 7))
    assert is_by_strips(case)
    case.compare()


@pytest.mark.parametrize("first", [None, ("relu", None, None), RELU6, ("swish", None, None)])
@pytest.mark.parametrize("second", [None, ("relu", None, None), RELU6, ("gelu_erf", None, None)])
def test_activations(first: Any, second: Any) -> None:
    replace(BASE, depthwise_activation=first, activation=second, integers=False).compare()


@pytest.mark.parametrize("columns", [0, 1])
def test_results_that_go_past_the_caches(columns: int) -> None:
    """72 MB, more than most last-level caches hold, to an aligned array and to one that is not."""
    case = replace(BASE, channels=8, outputs=8, size=(1024, 1099 + columns), batch=1)
    assert is_by_strips(case)
    x, filters = case.arrays()[0], case.filters()
    expected, _ = case.results(x, filters)
    memory = np.full(expected.size + 32, np.nan, np.float32)
    start = (-memory.ctypes.data // 4) % 16 + columns
    out = memory[start : start + expected.size].reshape(expected.shape)
    np.testing.assert_array_equal(case.call(x, filters, out), expected)
    assert np.isnan(memory[:start]).all()
    assert np.isnan(memory[start + expected.size :]).all()


@pytest.mark.parametrize("special", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("activation", [None, ("relu", None, None), RELU6], ids=str)
def test_not_finite(activation: Any, special: float) -> None:
    """Padding meets no weight, and NaN passes the activation."""
    case = replace(BASE, activation=activation, depthwise_activation=activation)
    for place in ("x", *case.filters()):
        arrays: dict[str, Any] = {"x": case.arrays()[0], **case.filters()}
        arrays[place].reshape(-1)[0] = special
        x = arrays.pop("x")
        with np.errstate(all="ignore"):
            expected, _ = case.results(x, arrays)
            np.testing.assert_array_equal(case.call(x, arrays), expected.astype(np.float32))


def test_what_a_plan_says() -> None:
    plan = BASE.separable_plan(BASE.x_shape(), BASE.filters())
    isa = str(dwconv.show_config("dict")["isa"])
    level = "avx512" if "avx512" in isa else "avx2" if "avx2" in isa else "baseline"
    assert plan.implementation == f"strip:{level} 3x3"


@pytest.mark.parametrize("channels", [8, 16, 32, 48])
@pytest.mark.parametrize("height", [5, 28, 97])
def test_threads_do_not_change_a_bit(channels: int, height: int) -> None:
    """Though oneDNN's kernels for AVX-512, which are the alternative, sum up in another order."""
    case = replace(BASE, channels=channels, size=(height, 50), integers=False, strategy=None)
    case.assert_threads_do_not_change_a_bit()


@pytest.mark.parametrize("threads", [1, 2, 7])
def test_chosen_on_any_number_of_threads(threads: int) -> None:
    assert is_by_strips(replace(BASE, strategy=None, threads=threads))
