"""What follows a convolution: bias, scale and shift, an array that is added, activation, in this order."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest

import dwconv
import reference
from case import Case
from cases import ACTIVATIONS
from helpers.memory import ORDERS, arrange
from helpers.strategies import STRATEGIES, case_for
from typed_case import DTYPES, TypedCase

ONE = np.ones((1, 1, 1), np.float32)


def number(value: float) -> np.ndarray:
    return np.array([value], np.float32)


def test_order() -> None:
    """On one element, with numbers for which any other order has another result."""
    x, add = np.full((1, 1, 1, 1), 5, np.float32), np.full((1, 1, 1, 1), -40, np.float32)
    parts: dict[str, Any] = {"scale": number(3), "shift": number(4)}

    def result(**keywords: Any) -> float:
        return float(dwconv.dnnl_depthwise(x, ONE, number(2), **keywords)[0, 0, 0, 0])

    assert result(**parts) == 3 * (5 + 2) + 4
    assert result(**parts, add=add) == 3 * (5 + 2) + 4 - 40
    assert result(**parts, add=add, activation="relu") == 0
    rule = dwconv.Activation("leaky_relu", 0.5)
    assert result(**parts, add=add, activation=rule) == (3 * (5 + 2) + 4 - 40) / 2
    assert result(add=add) == 5 + 2 - 40
    assert result(scale=number(3)) == 3 * (5 + 2)
    assert result(shift=number(4)) == 5 + 2 + 4


def test_batch_normalization() -> None:
    """As after training: by mean and variance of each channel."""
    rng = np.random.default_rng(0)
    x, w = (rng.standard_normal(shape) for shape in ((2, 12, 9, 9), (12, 3, 3)))
    gamma, beta, mean, variance = rng.uniform(0.5, 2, (4, 12))
    scale = gamma / np.sqrt(variance + 1e-5)
    plain = reference.depthwise(x, w, padding=1)
    shape = (12, 1, 1)
    expected = (plain - mean.reshape(shape)) * scale.reshape(shape) + beta.reshape(shape)
    x, w, scale, shift = (array.astype(np.float32) for array in (x, w, scale, beta - scale * mean))
    y = dwconv.dnnl_depthwise(x, w, padding=1, scale=scale, shift=shift)
    # Nine products and three numbers more, of magnitude 1 to 10.
    np.testing.assert_allclose(y, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("layout", ["NCHW", "NHWC", "CHW", "NCW", "WC", "NCDHW", "NDHWC"])
def test_x_itself_is_added(layout: str) -> None:
    rank = len(layout.strip("N")) - 1
    case = Case(batch=2 if "N" in layout else 1, channels=6, size=(7,) * rank, layout=layout)
    rng = np.random.default_rng(1)
    x = rng.integers(-8, 9, case.x_shape()).astype(np.float32)
    w = rng.integers(-8, 9, (6, *[3] * rank)).astype(np.float32)
    keywords = {"padding": 1, "layout": layout}
    expected = reference.depthwise(x, w, add=x, **keywords)
    np.testing.assert_array_equal(dwconv.dnnl_depthwise(x, w, add=x, **keywords), expected)
    plan = dwconv.Plan(x, w, add=True, **keywords)
    out = np.empty_like(x)
    assert plan(x, out, add=x) is out
    np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_memory_of_what_is_added(strategy: str | None, layout: str) -> None:
    """One plan for all orders."""
    order = "transposed" if strategy == "direct" and layout == "NCHW" else "C"
    case = Case(
        batch=2, channels=18, size=(11, 13), padding=1, layout=layout, x_order=order,
        strategy=strategy, activation=("relu", None, None), add_order="C",
    )  # fmt: skip
    x, w, bias = case.arrays()
    plan = case.plan()
    add = case.epilogue()["add"]
    for each in ORDERS:
        arranged = arrange(add, each)
        expected = reference.depthwise(
            x, w, bias, add=arranged, activation=case.activation, **case.geometry
        )
        np.testing.assert_array_equal(plan(x, add=arranged), expected)


@pytest.mark.parametrize("layout", ["NCHW", "NHWC", "NCDHW", "NDHWC"])
def test_added_in_the_kernels_of_planar(layout: str) -> None:
    """No other pass over the result, where that has the memory order of what is added."""
    rank = len(layout) - 2
    case = Case(channels=256, size=(9,) * rank, padding=1, layout=layout, add_order="C")
    w = np.ones((256, *[3] * rank), np.float32)
    plan = dwconv.Plan(case.x_shape(), w, padding=1, layout=layout, add=True)
    assert plan.strategy == "planar"
    assert "add:" not in plan.implementation


def test_plan_tells_of_it() -> None:
    x, w = np.ones((1, 4, 6, 6), np.float32), np.ones((4, 3, 3), np.float32)
    c = np.ones(4, np.float32)
    plan = dwconv.Plan(x, w, c, padding=1, scale=c, shift=c, add=True, activation="relu")
    assert plan.problem == "n1c4i6x6k3x3p1+bias+scale+shift+add+relu"
    assert plan.nbytes == 3 * x.nbytes + w.nbytes + 3 * c.nbytes
    with pytest.raises(dwconv.Unsupported, match="none that scales, shifts or adds"):
        dwconv._core.parse_problem(plan.problem)


def test_plan_keeps_copies() -> None:
    x, w = np.ones((1, 4, 6, 6), np.float32), np.ones((4, 3, 3), np.float32)
    scale, shift = np.full(4, 2, np.float32), np.full(4, 3, np.float32)
    plan = dwconv.Plan(x, w, scale=scale, shift=shift)
    for array in (w, scale, shift):
        array[...] = 0
    assert (plan(x) == 21).all()
    # By another way, for another memory order, too.
    assert (plan(arrange(x, "strided")) == 21).all()


@pytest.mark.parametrize("name", ["scale", "shift", "add"])
def test_changes_between_calls_are_seen(name: str) -> None:
    """Weights that a thread packed last are used again only where nothing in them changed."""
    x, w = np.ones((1, 4, 6, 6), np.float32), np.ones((4, 3, 3), np.float32)
    parts = {"scale": np.ones(4, np.float32), "shift": np.zeros(4, np.float32)}
    parts["add"] = np.zeros((1, 4, 4, 4), np.float32)
    for value in (1, 2, 5, 2):
        parts[name][...] = value
        y = dwconv.dnnl_depthwise(x, w, **parts)
        np.testing.assert_array_equal(y, reference.depthwise(x, w, **parts))


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("activation", [None, *ACTIVATIONS], ids=str)
def test_what_is_not_finite(activation: Any, strategy: str | None) -> None:
    """NaN stays NaN and infinities give limits, wherever they come from."""
    family = Case(channels=17, size=(9, 10), padding=1, layout="NHWC")
    case = case_for(strategy, family, activation=activation)
    rng = np.random.default_rng(3)
    x = rng.standard_normal(case.x_shape(), dtype=np.float32)
    x.flat[::7] = np.inf
    w = rng.uniform(0.1, 0.9, case.w_shape()).astype(np.float32)
    add = rng.standard_normal(case.y_shape(), dtype=np.float32)
    for first, value in enumerate((np.nan, np.inf, -np.inf)):
        add.flat[first::11] = value
    rule = None if activation is None else dwconv.Activation(*activation)
    keywords = {**case.keywords(), "activation": rule}
    y = dwconv.dnnl_depthwise(x, w, add=add, **keywords)
    expected = reference.depthwise(x, w, add=add, activation=activation, **case.geometry)
    special = ~np.isfinite(expected)
    assert special.any()
    np.testing.assert_array_equal(y[special], expected[special].astype(np.float32))
    # Ten terms of magnitude 1, and parameters of an Activation rounded to float32.
    np.testing.assert_allclose(y[~special], expected[~special], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_scale_that_is_not_finite_makes_no_nan_of_padding(strategy: str | None) -> None:
    family = Case(channels=8, size=(6, 7), padding=1, layout="NHWC")
    case = case_for(strategy, family)
    x, w = np.ones(case.x_shape(), np.float32), np.ones(case.w_shape(), np.float32)
    scale = np.array([np.inf, -np.inf, np.nan, 1] * 2, np.float32)
    y = dwconv.dnnl_depthwise(x, w, scale=scale, shift=np.ones_like(scale), **case.keywords())
    channels = np.moveaxis(y, case.layout.index("C"), 0)
    for channel, value in zip(channels, scale, strict=True):
        assert (
            np.isfinite(channel).all()
            if value == 1
            else (np.isnan(channel) == np.isnan(value)).all()
        )
        assert value == 1 or np.isnan(value) or (channel == value).all()


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_any_number_of_threads(strategy: str | None) -> None:
    """The same bits, on an array that is cut into many tiles."""
    rng = np.random.default_rng(1)
    x = rng.standard_normal((2, 67, 83, 33), dtype=np.float32)
    w, add = rng.standard_normal((33, 3, 3), dtype=np.float32), rng.standard_normal(x.shape)
    scale = rng.standard_normal(33, dtype=np.float32)
    for added in (add.astype(np.float32), arrange(add.astype(np.float32), "reversed")):
        first, *others = (
            dwconv.dnnl_depthwise(
                x, w, layout="NHWC", padding=1, strategy=strategy, threads=threads,
                scale=scale, add=added, activation="swish",
            )
            for threads in (1, 2, 3, 4)
        )  # fmt: skip
        for other in others:
            np.testing.assert_array_equal(first, other)


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_every_dtype(dtype: str, layout: str) -> None:
    of_bytes = dtype in ("int8", "uint8")
    results = (None, "int32", "float32") if of_bytes else (None, "float16", "float32")
    for out_dtype in results if dtype != "bfloat16" else (None, "float32"):
        for affine in (False, True):
            for activation in (None, ("relu", None, None)):
                TypedCase(
                    batch=2, channels=19, size=(14, 15), padding=2, layout=layout, bias=True,
                    scale=affine, shift=affine, add_order="C", activation=activation,
                    x_dtype=dtype, w_dtype="int8" if of_bytes else dtype,
                    bias_dtype="int32" if of_bytes else dtype, out_dtype=out_dtype,
                ).check()  # fmt: skip


def test_integers_are_added_exactly() -> None:
    """Beyond what float32 holds."""
    x, w = np.full((1, 1, 3, 3), 3, np.int8), np.ones((1, 1, 1), np.int8)
    add = np.full((1, 1, 3, 3), 2**30 + 1, np.int32)
    y = dwconv.dnnl_depthwise(x, w, add=add, out_dtype=np.int32)
    assert (y == 2**30 + 4).all()
    add[...] = 2**31 - 2
    assert (dwconv.dnnl_depthwise(x, w, add=add, out_dtype=np.int32) == 2**31 - 1).all()


def test_rounded_once() -> None:
    """In bfloat16 256 + 1 is 256, and 256 + 1 + 1 would be that again, rounded in between."""
    x, w = (np.full(shape, 1, ml_dtypes.bfloat16) for shape in ((1, 1, 2, 2), (1, 1, 1)))
    bias, add = number(1), np.full((1, 1, 2, 2), 256, ml_dtypes.bfloat16)
    y = dwconv.dnnl_depthwise(x, w, bias, add=add)
    assert (y.astype(np.float32) == 258).all()


def test_empty_batch() -> None:
    x, w = np.zeros((0, 4, 8, 8), np.float32), np.zeros((4, 3, 3), np.float32)
    add = np.zeros((0, 4, 6, 6), np.float32)
    assert dwconv.dnnl_depthwise(x, w, add=add).shape == add.shape
    assert dwconv.Plan(x, w, add=True)(x, add=add).shape == add.shape


def test_tuned_plan() -> None:
    rng = np.random.default_rng(2)
    x, add = rng.integers(-8, 9, (2, 1, 9, 24, 24)).astype(np.float32)
    w = rng.integers(-8, 9, (9, 3, 3)).astype(np.float32)
    plan = dwconv.Plan(x, w, padding=1, add=True, activation="relu", tune=True)
    expected = reference.depthwise(x, w, padding=1, add=add, activation="relu")
    np.testing.assert_array_equal(plan(x, add=add), expected)
