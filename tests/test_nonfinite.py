"""NaN, infinity and huge numbers through every activation, strategy and family of kernels."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

import dwconv
import tolerance
from case import Case
from cases import ACTIVATIONS
from helpers.strategies import STRATEGIES, case_for

HUGE = 2.0e38
SPECIAL = {"nan": np.nan, "+inf": np.inf, "-inf": -np.inf, "+huge": HUGE, "-huge": -HUGE}

FAMILIES = {
    "3x3": Case(channels=17, size=(9, 10), padding=1),
    "5x5 stride 2": Case(channels=32, size=(11, 9), kernel=(5, 5), stride=2, padding=2),
    "dilated": Case(channels=20, size=(12, 12), dilation=2, padding=2),
    "padding over the kernel": Case(channels=16, size=(6, 7), padding=((4, 5), (6, 3))),
    "dilated, deep padding": Case(channels=8, size=(9, 9), dilation=3, padding=((7, 1), (9, 8))),
    "1x1": Case(channels=33, size=(6, 5), kernel=(1, 1)),
    "multiplier 2": Case(channels=9, multiplier=2, weights_rank=5, size=(8, 8), padding=1),
    "sequence": Case(channels=19, size=(90,), kernel=(31,), padding=15, layout="NCW"),
    "causal sequence": Case(channels=17, size=(40,), kernel=(4,), padding="causal", layout="NCW"),
    "sequence stride 3": Case(channels=5, size=(70,), kernel=(7,), stride=3, layout="NCW"),
    "volume": Case(
        channels=9,
        size=(4, 6, 7),
        kernel=(3, 3, 3),
        padding=1,
        layout="NCDHW",
        multiplier=2,
        weights_rank=5,
    ),
    "deep padding": Case(
        channels=3, size=(3, 5, 4), kernel=(3, 2, 3), padding=((4, 5), (1, 3), 2), layout="CDHW"
    ),
    "three channels": Case(batch=2, channels=3, size=(10, 9), padding=1),
}
# `direct` refuses these: a multiplier, columns made of padding alone, and before AVX2 a sequence that is
# padded deeply; and volumes, as `reordered` does.
VOLUMES = ("volume", "deep padding")
REFUSED = {
    "direct": (
        "multiplier 2",
        "padding over the kernel",
        "dilated, deep padding",
        "sequence",
        *VOLUMES,
    ),
    "reordered": VOLUMES,
}

RUNS = [
    pytest.param(strategy, family, id=f"{strategy}-{family}")
    for strategy in STRATEGIES
    for family in FAMILIES
    if family not in REFUSED.get(strategy or "", ())
]


def assert_same(case: Case, x: np.ndarray, w: np.ndarray, bias: np.ndarray | None) -> None:
    """Equal where the reference is not finite in float32, and within the bound elsewhere."""
    y = dwconv.dnnl_depthwise(x, w, bias, **case.keywords())
    with np.errstate(all="ignore"):
        expected = case.expected(x, w, bias)
        bound = tolerance.error_bound(x, w, bias, activation=case.activation, **case.geometry)
        as_float = expected.astype(np.float32)
        error = np.abs(y - expected)
    special = ~np.isfinite(as_float)
    np.testing.assert_array_equal(y[special], as_float[special])
    # Where the sum is not finite but the activation's limit is, the limit is exact: the bound,
    # which is infinite or NaN there, says nothing.
    limits = ~special & ~np.isfinite(bound)
    np.testing.assert_array_equal(y[limits], as_float[limits])
    ordinary = ~special & ~limits
    assert np.all(error[ordinary] <= bound[ordinary])


def weights_below_one(case: Case, rng: np.random.Generator) -> np.ndarray:
    """Kernels whose taps sum to less than 1, so that one huge number cannot overflow the sum."""
    taps = math.prod(case.kernel)
    return (rng.uniform(0.1, 0.9, case.w_shape()) / taps).astype(np.float32)


@pytest.mark.parametrize(("strategy", "family"), RUNS)
@pytest.mark.parametrize("special", SPECIAL)
@pytest.mark.parametrize("activation", [None, *ACTIVATIONS], ids=str)
def test_in_x(activation: tuple | None, special: str, strategy: str | None, family: str) -> None:
    case = case_for(strategy, FAMILIES[family], activation=activation)
    rng = np.random.default_rng(3)
    x = rng.standard_normal(case.x_shape(), dtype=np.float32)
    channels_first = np.moveaxis(x, case.layout.index("C"), 0)
    batch = [slice(None)] * ("N" in case.layout)
    # A corner, where padding is near, and the middle, in every other channel.
    corner = (0,) * len(case.size)
    for place in (corner, tuple(size // 2 for size in case.size)):
        channels_first[(slice(None, None, 2), *batch, *place)] = SPECIAL[special]
    bias = rng.standard_normal(case.channels * case.multiplier, dtype=np.float32)
    assert_same(case, x, weights_below_one(case, rng), bias)


@pytest.mark.parametrize(("strategy", "family"), RUNS)
@pytest.mark.parametrize("special", ["nan", "+inf", "-inf"])
@pytest.mark.parametrize("activation", [None, ("relu", None, None), ("swish", None, None)], ids=str)
def test_in_w_meets_only_elements_inside(
    activation: tuple | None, special: str, strategy: str | None, family: str
) -> None:
    """An infinite tap over the padding adds nothing, where 0 * inf would make a NaN."""
    case = case_for(strategy, FAMILIES[family], activation=activation)
    rng = np.random.default_rng(4)
    x = rng.uniform(0.5, 1, case.x_shape()).astype(np.float32)
    w = weights_below_one(case, rng)
    w[(slice(None, None, 3), ..., *[0] * len(case.kernel))] = SPECIAL[special]
    w[(slice(1, None, 3), ..., *[-1] * len(case.kernel))] = SPECIAL[special]
    assert_same(case, x, w, None)


@pytest.mark.parametrize(("strategy", "family"), RUNS)
@pytest.mark.parametrize("activation", [None, *ACTIVATIONS], ids=str)
def test_in_bias(activation: tuple | None, strategy: str | None, family: str) -> None:
    case = case_for(strategy, FAMILIES[family], activation=activation)
    rng = np.random.default_rng(5)
    x = rng.standard_normal(case.x_shape(), dtype=np.float32)
    bias = np.resize(
        np.array([np.nan, 1, np.inf, -np.inf], np.float32), case.channels * case.multiplier
    )
    assert_same(case, x, weights_below_one(case, rng), bias)


@pytest.mark.parametrize(("strategy", "family"), RUNS)
def test_sum_that_overflows(strategy: str | None, family: str) -> None:
    case = case_for(strategy, FAMILIES[family])
    x = np.full(case.x_shape(), HUGE, np.float32)
    w = np.ones(case.w_shape(), np.float32)
    w[::2] = -1
    assert_same(case, x, w, None)


def test_opposite_infinities_make_nan() -> None:
    x = np.zeros((1, 16, 1, 2), np.float32)
    x[..., 0], x[..., 1] = np.inf, -np.inf
    w = np.ones((16, 1, 2), np.float32)
    for activation in (None, "relu", "tanh"):
        assert np.isnan(dwconv.dnnl_depthwise(x, w, activation=activation)).all()


def test_clean_neighbours_stay_clean() -> None:
    """A NaN reaches the outputs whose window holds it, and no others."""
    case = replace(FAMILIES["3x3"], batch=2, channels=35)
    x = np.zeros(case.x_shape(), np.float32)
    x[0, 5, 4, 4] = np.nan
    y = dwconv.dnnl_depthwise(x, np.ones(case.w_shape(), np.float32), padding=1)
    expected = np.zeros_like(y, dtype=bool)
    expected[0, 5, 3:6, 3:6] = True
    np.testing.assert_array_equal(np.isnan(y), expected)
