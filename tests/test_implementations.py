"""No silent slow kernel: whatever the library chooses by itself runs on a fast one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import dwconv
from case import Case
from cases import random_case
from helpers.kernels import kernels_of, slow_kernels


def test_own_choice_is_never_slow() -> None:
    for index in range(1500):
        case = replace(random_case(1, index), strategy=None)
        plan = case.plan()
        assert not slow_kernels(plan), (case, plan)


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(Case(channels=1, size=(40, 40)), id="one channel"),
        pytest.param(
            Case(channels=1, size=(40, 40), dilation=2, padding=2), id="one channel, dilated"
        ),
        pytest.param(Case(channels=3, size=(40, 40), kernel=(9, 9), padding=4), id="image 9x9"),
        pytest.param(Case(channels=20, size=(20, 20), kernel=(51, 51), padding=25), id="51x51"),
        pytest.param(Case(channels=20, size=(20, 20), dilation=8, padding=8), id="dilation 8"),
        pytest.param(
            Case(channels=16, size=(30, 30), dilation=(2, 12), padding=(2, 24)), id="deep padding"
        ),
        pytest.param(
            Case(channels=16, multiplier=2, weights_rank=5, size=(20, 20), padding=1), id="M = 2"
        ),
        pytest.param(
            Case(channels=1, multiplier=5, weights_rank=5, size=(9, 9)), id="one into five"
        ),
        pytest.param(Case(channels=32, size=(1, 200), kernel=(1, 31), padding=(0, 15)), id="a row"),
        pytest.param(
            Case(channels=32, size=(200, 1), kernel=(31, 1), padding=(15, 0)), id="a column"
        ),
        pytest.param(Case(channels=5, size=(1, 1), padding=7), id="one pixel"),
    ],
)
def test_hard_cases_are_fast_and_right(case: Case, layout: str) -> None:
    case = replace(case, layout=layout)
    plan = case.plan()
    assert not slow_kernels(plan), plan
    case.check()


def test_nothing_but_padding_needs_no_kernel() -> None:
    """All taps lie outside the input: the result is the bias."""
    w, bias = np.ones((4, 2, 2), np.float32), np.arange(4, dtype=np.float32)
    keywords = {"dilation": 5, "padding": 3, "stride": 9}
    x = np.full((1, 4, 1, 1), np.nan, np.float32)
    plan = dwconv.Plan(x, w, bias, **keywords)
    assert kernels_of(plan) == ["constant"]
    np.testing.assert_array_equal(plan(x)[0, :, 0, 0], bias)


def test_slow_kernels_are_told_apart() -> None:
    """`reordered` leaves the layouts to oneDNN, which multiplies M channels as small matrices."""
    case = Case(channels=8, multiplier=2, weights_rank=5, strategy="reordered", size=(8, 8))
    assert slow_kernels(case.plan()) == kernels_of(case.plan())
